import type { Settled, WorkContext } from '@circuitry/core';
import type { ObservedCall } from './rules/invariants.js';
import type { JobPlan } from './plan/plan.js';
import type { WorkerClock } from './worker-clock.js';
import type { EndedCall, World } from './world.js';

/** The dependency's own error: it must reach the caller as it is. */
export class DependencyError extends Error {
  readonly kind: 'failure' | 'ignored';
  readonly openFor: number | undefined;

  /** @param openFor how long the dependency says to wait, ms */
  constructor(kind: 'failure' | 'ignored', openFor?: number) {
    super(kind);
    this.kind = kind;
    this.openFor = openFor;
  }
}

/** One call, watched: its work runs at most once, and what it gives is what the caller gets (F6). */
export class SimulatedCall {
  readonly #world: World;
  readonly #worker: number;
  readonly #name: string;
  readonly #job: JobPlan;
  readonly #ticketOf: (name: string) => ObservedCall['round'];
  readonly #begunAt: number;
  #runs = 0;
  #decidedBy = '';
  #kind: EndedCall['kind'] = 'ignored';
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
    const { circuit, duration, ignored, openFor } = this.#job;
    this.#runs += 1;
    this.#workedFrom = time.now();
    this.#decidedBy = context.decidedBy;
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
    this.#checkNeighbours(call.decidedBy);
    this.#enter();
    await this.#pass(duration, machine, context.signal);
    this.#leave();
    this.#workedUntil = time.now();
    const kind = ignored || context.signal.aborted ? 'ignored' : isHealthy(circuit) ? 'success' : 'failure';
    this.#kind = kind;
    chronicle.tell(`w${this.#worker}`, `${this.#name} ends: ${kind}`);
    invariants.workEnded({
      name: this.#name,
      at: time.now(),
      kind,
      told: kind === 'failure' && openFor !== undefined,
      call,
    });
    if (kind === 'success') {
      const value = Symbol('value');
      this.#given = { status: 'fulfilled', value };
      return value;
    }
    const reason = new DependencyError(kind, openFor);
    this.#given = { status: 'rejected', reason };
    throw reason;
  }

  /** F7, sharper: where the store fails for some circuits alone, the calls of all others are decided by the store. */
  #checkNeighbours(decidedBy: string): void {
    const { chronicle, plan } = this.#world;
    if (decidedBy !== 'local' && decidedBy !== 'allow') return;
    const isElsewhere = plan.faults.every(
      (fault) =>
        fault.kind === 'dependency' ||
        fault.kind === 'operator' ||
        (fault.kind === 'circuit-outage' && `c${fault.circuit}` !== this.#name),
    );
    if (isElsewhere)
      chronicle.violated('F7', `a call of ${this.#name} was decided by '${decidedBy}' for another circuit's fault`);
  }

  /** One at a time where work is exclusive; whoever is paused, or cut off, can't know that its lease is over. */
  #enter(): void {
    const { chronicle, plan, running } = this.#world;
    const now = (running.get(this.#name) ?? 0) + 1;
    running.set(this.#name, now);
    const isCalm = plan.faults.every(({ kind }) => kind === 'dependency');
    if (plan.settings.exclusive === true && isCalm && now > 1)
      chronicle.violated('exclusive', `${now} jobs of ${this.#name} run at once`);
  }

  #leave(): void {
    const { running } = this.#world;
    running.set(this.#name, (running.get(this.#name) ?? 1) - 1);
  }

  settled(settled: Settled<symbol>): void {
    const { chronicle, ended, time } = this.#world;
    const given = this.#given;
    if (this.#runs > 0) {
      ended.push({
        name: this.#name,
        begunAt: this.#begunAt,
        decidedBy: this.#decidedBy,
        kind: this.#kind,
        workedFrom: this.#workedFrom,
        workedUntil: this.#workedUntil,
        endedAt: time.now(),
      });
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
