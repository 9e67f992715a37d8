import type { CircuitBreakerFactory, Settled, StorageBackend, WorkContext } from '@circuitry/core';
import type { VirtualClock } from '@circuitry/core/testing';
import { Random } from '../concurrency/random.js';
import type { Invariants, ObservedCall } from './invariants.js';
import type { Ledger } from './ledger.js';
import { Link, type LinkTrouble } from './link.js';
import type { FleetPlan, JobPlan } from './plan.js';
import type { Chronicle } from './violations.js';
import { WorkerClock } from './worker-clock.js';

/** The core under test: the real one, or a broken one in a test of the simulation. */
export interface CoreUnderTest {
  readonly CircuitBreakerFactory: typeof CircuitBreakerFactory;
}

/** What all workers of a run share. */
export interface World {
  readonly plan: FleetPlan;
  readonly core: CoreUnderTest;
  readonly time: VirtualClock;
  readonly store: StorageBackend;
  readonly ledger: Ledger;
  readonly chronicle: Chronicle;
  readonly invariants: Invariants;
  readonly isStoreDown: () => boolean;
  /** Whether a circuit's dependency works now. */
  readonly isHealthy: (circuit: number) => boolean;
  readonly ended: EndedCall[];
}

/** A call whose work ran and whose end was reported, true times. */
export interface EndedCall {
  readonly name: string;
  /** When it asked. */
  readonly begunAt: number;
  /** When its work began, and when it was done. */
  readonly workedFrom: number;
  readonly workedUntil: number;
  /** When its caller had the answer. */
  readonly endedAt: number;
}

/** ms; also how long an answer may take before core gives the call up. */
const storageTimeout = 1_000;

/** The dependency's own error: it must reach the caller as it is. */
class DependencyError extends Error {
  readonly kind: 'failure' | 'ignored';

  constructor(kind: 'failure' | 'ignored') {
    super(kind);
    this.kind = kind;
  }
}

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
      givesTime: plan.storeGivesTime,
      latency: plan.latency,
      seed: plan.seed,
      patience: storageTimeout * 0.8,
    });
    const { settings } = plan;
    this.factory = new core.CircuitBreakerFactory({
      backend: this.#link,
      clock: this.machine,
      random: () => random.next(),
      failureCountThreshold: settings.threshold,
      closeThreshold: settings.closing,
      allowAfter: settings.allowAfter,
      trialLease: settings.trialLease,
      ...(settings.cyclicClearAfter === null ? {} : { cyclicClearAfter: settings.cyclicClearAfter }),
      ...(settings.maxStaleness === null ? {} : { consistency: { maxStaleness: settings.maxStaleness } }),
      onStorageFailure: settings.onStorageFailure,
      storageTimeout,
      errorMatcher: (error) => (error instanceof DependencyError ? error.kind : 'ignored'),
      onStateChange: (change) => {
        world.chronicle.tell(`w${id}`, `announces ${change.name}: ${change.from} -> ${change.to} (${change.reason})`);
        world.invariants.announced(change, id);
      },
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

/** One call, watched: its work runs at most once, and what it gives is what the caller gets (F6). */
class SimulatedCall {
  readonly #world: World;
  readonly #worker: number;
  readonly #name: string;
  readonly #job: JobPlan;
  readonly #ticketOf: (name: string) => ObservedCall['round'];
  readonly #begunAt: number;
  #runs = 0;
  #given: Settled<symbol> | null = null;
  #workedFrom = 0;
  #workedUntil = 0;

  constructor(
    world: World,
    worker: number,
    name: string,
    job: JobPlan,
    ticketOf: (name: string) => ObservedCall['round'],
  ) {
    this.#world = world;
    this.#worker = worker;
    this.#name = name;
    this.#job = job;
    this.#ticketOf = ticketOf;
    this.#begunAt = world.time.now();
  }

  get hasRun(): boolean {
    return this.#runs > 0;
  }

  async work(context: WorkContext, machine: WorkerClock): Promise<symbol> {
    const { chronicle, invariants, time, isHealthy } = this.#world;
    const { circuit, duration, ignored } = this.#job;
    this.#runs += 1;
    this.#workedFrom = time.now();
    if (this.#runs > 1) chronicle.violated('F6', `the work of a job on ${this.#name} ran ${this.#runs} times`);
    const call: ObservedCall = {
      name: this.#name,
      worker: this.#worker,
      begunAt: this.#begunAt,
      isTrial: context.isTrial,
      decidedBy: context.decidedBy,
      round: context.isTrial ? this.#ticketOf(this.#name) : null,
    };
    chronicle.tell(
      `w${this.#worker}`,
      `${this.#name} works${call.isTrial ? ' (trial)' : ''}${call.decidedBy === 'store' ? '' : ` by ${call.decidedBy}`}`,
    );
    invariants.workBegan(call);
    await this.#pass(duration, machine, context.signal);
    this.#workedUntil = time.now();
    const kind = ignored || context.signal.aborted ? 'ignored' : isHealthy(circuit) ? 'success' : 'failure';
    chronicle.tell(`w${this.#worker}`, `${this.#name} ends: ${kind}`);
    invariants.workEnded({ name: this.#name, at: time.now(), kind, call });
    if (kind === 'success') {
      const value = Symbol('value');
      this.#given = { status: 'fulfilled', value };
      return value;
    }
    const reason = new DependencyError(kind);
    this.#given = { status: 'rejected', reason };
    throw reason;
  }

  settled(settled: Settled<symbol>): void {
    const { chronicle, ended, time } = this.#world;
    const given = this.#given;
    if (this.#runs > 0) {
      const [workedFrom, workedUntil] = [this.#workedFrom, this.#workedUntil];
      ended.push({ name: this.#name, begunAt: this.#begunAt, workedFrom, workedUntil, endedAt: time.now() });
    }
    const isSame =
      given === null
        ? settled.status === 'refused'
        : (settled.status === 'fulfilled' && given.status === 'fulfilled' && settled.value === given.value) ||
          (settled.status === 'rejected' && given.status === 'rejected' && settled.reason === given.reason);
    if (!isSame)
      chronicle.violated(
        'F6',
        `the work of a job on ${this.#name} gave ${given?.status ?? 'nothing'}, its caller got ${settled.status}`,
      );
  }

  #pass(duration: number, machine: WorkerClock, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#world.time.after(duration, () => machine.call(resolve));
      signal.addEventListener('abort', () => resolve());
    });
  }
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
