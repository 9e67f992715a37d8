import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import type { Applicant, Decision, Refused } from './admission.js';
import type { ExecuteOptions, Settled, SettledCircuit } from './breaker.js';
import type { Call } from './call.js';
import type { Engine } from './engine.js';
import type { Reported } from './reporter.js';
import { soon } from './soon.js';
import type { Work } from './work.js';

/**
 * One piece of work on its way: decided on, run, reported, told. It is itself who waits at each of these: a promise for
 * each cost a tenth of the whole call.
 */
abstract class Run<T> implements Applicant<unknown>, Reported {
  readonly fail: (error: unknown) => void;
  readonly #engine: Engine<unknown>;
  readonly #work: Work<T>;
  /** Tells what the work came to, once it has ended. */
  #tell: ((error: CircuitryError | null) => void) | null = null;

  constructor(engine: Engine<unknown>, work: Work<T>, fail: (error: unknown) => void) {
    this.#engine = engine;
    this.#work = work;
    this.fail = fail;
  }

  abstract refused(refused: Refused): void;
  abstract fulfilled(value: T, call: Call<unknown>, error: CircuitryError | null): void;
  abstract rejected(reason: unknown, call: Call<unknown>, error: CircuitryError | null): void;

  decided(decision: Decision<unknown>): void {
    if (decision.status === 'refused') return this.refused(decision);
    const engine = this.#engine;
    started(engine, this.#work, decision).then(
      (value) => {
        this.#tell = (error) => this.fulfilled(value, decision, error);
        engine.end(decision, engine.judge.ofValue(value, decision), this);
      },
      (reason: unknown) => {
        this.#tell = (error) => this.rejected(reason, decision, error);
        engine.end(decision, engine.judge.ofError(reason, decision), this);
      },
    );
  }

  over(error: CircuitryError | null): void {
    this.#tell?.(error);
  }
}

/** For `execute`: the work's own value, or its own error. */
export class ExecuteRun<T, Fallback> extends Run<T> {
  readonly fulfilled: (value: T | PromiseLike<Fallback>) => void;
  readonly rejected: (reason: unknown) => void;
  readonly #options: ExecuteOptions<Fallback> | undefined;

  constructor(
    engine: Engine<unknown>,
    work: Work<T>,
    options: ExecuteOptions<Fallback> | undefined,
    resolve: (value: T | PromiseLike<Fallback>) => void,
    reject: (reason: unknown) => void,
  ) {
    super(engine, work, reject);
    this.#options = options;
    this.fulfilled = resolve;
    this.rejected = reject;
  }

  refused({ error }: Refused): void {
    const { fallback, signal } = this.#options ?? {};
    if (fallback !== undefined && signal?.aborted !== true && isCircuitryError(error)) {
      this.fulfilled(Promise.resolve().then(() => fallback(error)));
    } else {
      // A turn later, and without a throw: either costs as much again as the error.
      soon(() => this.rejected(error));
    }
  }
}

/** For `settle`: what the work did and what the circuit did, told apart. */
export class SettleRun<T> extends Run<T> {
  readonly #resolve: (settled: Settled<T>) => void;

  constructor(
    engine: Engine<unknown>,
    work: Work<T>,
    resolve: (settled: Settled<T>) => void,
    reject: (reason: unknown) => void,
  ) {
    super(engine, work, reject);
    this.#resolve = resolve;
  }

  refused(refused: Refused): void {
    this.#resolve(refused);
  }

  fulfilled(value: T, call: Call<unknown>, error: CircuitryError | null): void {
    this.#resolve({ status: 'fulfilled', value, ...circuitOf(call, error) });
  }

  rejected(reason: unknown, call: Call<unknown>, error: CircuitryError | null): void {
    this.#resolve({ status: 'rejected', reason, ...circuitOf(call, error) });
  }
}

/** As an {@link ExecuteRun} that is admitted already; with promises, for on this short way there is only one. */
export function executeAtOnce<T>(engine: Engine<unknown>, work: Work<T>, call: Call<unknown>): Promise<T> {
  return started(engine, work, call).then(
    (value) => {
      const outcome = engine.judge.ofValue(value, call);
      return engine.keep(call, outcome) ? value : engine.ended(call, outcome).then(() => value);
    },
    async (reason: unknown) => {
      await engine.ended(call, engine.judge.ofError(reason, call));
      throw reason;
    },
  );
}

function started<T>(engine: Engine<unknown>, work: Work<T>, call: Call<unknown>): Promise<T> {
  try {
    return Promise.resolve(engine.run(work, call));
  } catch (reason) {
    return Promise.reject(reason);
  }
}

/** What `settle` adds about the circuit. */
function circuitOf({ decidedBy }: Call<unknown>, error: CircuitryError | null): SettledCircuit {
  return {
    ...(error === null ? {} : { circuitError: error }),
    ...(decidedBy === 'local' || decidedBy === 'allow' ? { decidedBy } : {}),
  };
}
