import {
  failureCount,
  failureRate,
  type CircuitBreakerFactory,
  type DefaultContext,
  type Settled,
  type TripPolicy,
  type WorkContext,
} from '@circuitry/core';
import { Random } from '../concurrency/random.js';
import { Link, type LinkTrouble } from './link.js';
import { settingsOf, type JobPlan, type RulePlan } from './plan/plan.js';
import { DependencyError, SimulatedCall } from './simulated-call.js';
import { WorkerClock } from './worker-clock.js';
import type { World } from './world.js';

/** ms; also how long an answer may take before core gives the call up. */
const storageTimeout = 1_000;

/** One process of the fleet, from its start to its death: the real core on its own clock and its own way to the store. */
export class Worker {
  readonly id: number;
  readonly trouble: LinkTrouble = { isCut: false, loss: 0 };
  readonly machine: WorkerClock;
  readonly factory: CircuitBreakerFactory;
  readonly #world: World;
  readonly #link: Link;

  /** @param id unique in the run: a restarted worker has another one. @param place which of the plan's workers it is. */
  constructor(world: World, id: number, place: number) {
    const { plan, core, time, store, ledger, isStoreDown } = world;
    const random = Random.of(plan.seed, `worker ${id}`);
    this.id = id;
    this.#world = world;
    this.machine = new WorkerClock(time, plan.workers[place] ?? { skew: 0, drift: 1 });
    this.#link = new Link({
      worker: id,
      store,
      ledger,
      time,
      machine: this.machine,
      trouble: this.trouble,
      isStoreDown,
      isRefused: world.isRefused,
      watches: plan.settings.watches === true,
      givesTime: plan.storeGivesTime,
      latency: plan.latency,
      seed: plan.seed,
      patience: storageTimeout * 0.8,
    });
    const settings = settingsOf(plan, place);
    this.factory = new core.CircuitBreakerFactory<DefaultContext>({
      backend: this.#link,
      clock: this.machine,
      random: () => random.next(),
      ...(settings.rule === undefined
        ? { failureCountThreshold: settings.threshold }
        : { trip: tripOf(settings.rule) }),
      ...(settings.counting !== undefined && { counting: settings.counting }),
      ...(settings.exclusive === true && { exclusive: { lease: '6s', wait: '3s' } }),
      ...(settings.maxCircuits !== undefined && { maxCircuits: settings.maxCircuits }),
      closeThreshold: settings.closing,
      allowAfter: settings.allowAfter,
      trialLease: settings.trialLease,
      ...(settings.cyclicClearAfter === null ? {} : { cyclicClearAfter: settings.cyclicClearAfter }),
      ...(settings.maxStaleness === null ? {} : { consistency: { maxStaleness: settings.maxStaleness } }),
      onStorageFailure: settings.onStorageFailure,
      storageTimeout,
      errorMatcher: (error) => {
        if (!(error instanceof DependencyError)) return 'ignored';
        const { kind, openFor } = error;
        return kind === 'failure' && openFor !== undefined ? { kind, openFor } : kind;
      },
      onStateChange: (change) => {
        world.chronicle.tell(`w${id}`, `announces ${change.name}: ${change.from} -> ${change.to} (${change.reason})`);
        world.announcements.heard(change, id);
      },
    });
    this.factory.on('trialGivenUp', ({ name }) => {
      const round = this.#link.tickets.get(name);
      if (round !== undefined) world.invariants.gaveUp(name, round);
    });
  }

  /** Does one job, and looks whether what comes back is what the work gave. */
  async run(job: JobPlan): Promise<void> {
    const { chronicle, plan } = this.#world;
    const name = `c${job.circuit}`;
    const breaker = this.factory.breakerFor(name);
    const controller = new AbortController();
    if (job.abortAfter !== null)
      this.machine.after(job.abortAfter, () => controller.abort(new DependencyError('ignored')));
    const call = new SimulatedCall(this.#world, this.id, name, job, (of) => this.#link.tickets.get(of) ?? null);
    const options = job.abortAfter === null ? undefined : { signal: controller.signal };
    const work = (context: WorkContext): Promise<symbol> => call.work(context, this.machine);
    let settled: Settled<symbol>;
    if (job.form === 'permit') settled = await this.#byPermit(breaker, work, options);
    else if (job.form === 'settle') settled = await breaker.settle(work, options);
    else settled = await asSettled(breaker.execute(work, options), () => call.hasRun);
    call.settled(settled);
    if (settled.status === 'refused') chronicle.tell(`w${this.id}`, `${name} refused: ${codeOf(settled.error)}`);
    if (
      plan.settings.onStorageFailure !== 'throw' &&
      settled.status === 'refused' &&
      codeOf(settled.error) === 'ERR_STORAGE'
    ) {
      chronicle.violated('F7', `${name} was refused with a storage error under '${plan.settings.onStorageFailure}'`);
    }
  }

  /** An operator's hand, by way of this process; a store that can't be reached is his to try again. */
  operate(circuit: string, does: 'forceOpen' | 'forceClosed' | 'trip', length: number): void {
    const breaker = this.factory.breakerFor(circuit);
    const options = { for: length, reason: 'simulated', by: 'operator' };
    breaker[does](options).catch(() => 'told to the operator');
  }

  /** Its way to the store is whole again. */
  mended(): void {
    this.#link.mended();
  }

  /** The process dies: nothing of it is ever called again. */
  crash(): void {
    this.machine.die();
  }

  async #byPermit(
    breaker: ReturnType<CircuitBreakerFactory['breakerFor']>,
    work: (context: WorkContext) => Promise<symbol>,
    options: { readonly signal: AbortSignal } | undefined,
  ): Promise<Settled<symbol>> {
    let permit: Awaited<ReturnType<typeof breaker.start>>;
    try {
      permit = await breaker.start(options);
    } catch (error) {
      return { status: 'refused', error };
    }
    try {
      const value = await work(permit);
      await permit.succeed().catch(() => {});
      return { status: 'fulfilled', value };
    } catch (reason) {
      await permit.end(reason).catch(() => {});
      return { status: 'rejected', reason };
    }
  }
}

function tripOf(rule: RulePlan): TripPolicy {
  return rule.kind === 'count' ? failureCount(rule) : failureRate(rule);
}

async function asSettled(result: Promise<symbol>, hasRun: () => boolean): Promise<Settled<symbol>> {
  try {
    return { status: 'fulfilled', value: await result };
  } catch (error) {
    return hasRun() ? { status: 'rejected', reason: error } : { status: 'refused', error };
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? error);
}
