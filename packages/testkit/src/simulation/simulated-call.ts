import type { Settled, WorkContext } from '@circuitry/core';
import type { ObservedCall } from './invariants.js';
import type { JobPlan } from './plan.js';
import type { WorkerClock } from './worker-clock.js';
import type { EndedCall, World } from './world.js';

/** The dependency's own error: it must reach the caller as it is. */
export class DependencyError extends Error {
  readonly kind: 'failure' | 'ignored';

  constructor(kind: 'failure' | 'ignored') {
    super(kind);
    this.kind = kind;
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
    const { circuit, duration, ignored } = this.#job;
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
    await this.#pass(duration, machine, context.signal);
    this.#workedUntil = time.now();
    const kind = ignored || context.signal.aborted ? 'ignored' : isHealthy(circuit) ? 'success' : 'failure';
    this.#kind = kind;
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
