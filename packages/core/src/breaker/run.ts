import type { CircuitryError } from '../errors/circuitry-error.js';
import type { Applicant, Decision, Refused } from './admission.js';
import type { Call } from './call.js';
import type { Engine } from './engine.js';
import type { Reported } from './reporter.js';
import type { Work } from './work.js';

/** Who wants a piece of work done: one of the four is called, once. */
export interface Client<T> {
  readonly refused: (refused: Refused) => void;
  /** With what kept the outcome from the store; null: nothing did. */
  readonly fulfilled: (value: T, call: Call<unknown>, error: CircuitryError | null) => void;
  readonly rejected: (reason: unknown, call: Call<unknown>, error: CircuitryError | null) => void;
  /** A fault of ours. */
  readonly fail: (error: unknown) => void;
}

/**
 * A piece of work on its way: decided on, run, reported, told. It is itself who waits at each of these: a promise for
 * each cost a tenth of the whole call.
 */
export class Run<T> implements Applicant<unknown>, Reported {
  readonly #engine: Engine<unknown>;
  readonly #work: Work<T>;
  readonly #client: Client<T>;
  /** Tells what the work came to, once it has ended. */
  #tell: ((error: CircuitryError | null) => void) | null = null;

  constructor(engine: Engine<unknown>, work: Work<T>, client: Client<T>) {
    this.#engine = engine;
    this.#work = work;
    this.#client = client;
  }

  decided(decision: Decision<unknown>): void {
    if (decision.status === 'refused') return this.#client.refused(decision);
    const engine = this.#engine;
    started(engine, this.#work, decision).then(
      (value) => {
        this.#tell = (error) => this.#client.fulfilled(value, decision, error);
        engine.end(decision, engine.judge.ofValue(value, decision), this);
      },
      (reason: unknown) => {
        this.#tell = (error) => this.#client.rejected(reason, decision, error);
        engine.end(decision, engine.judge.ofError(reason, decision), this);
      },
    );
  }

  over(error: CircuitryError | null): void {
    this.#tell?.(error);
  }

  fail(error: unknown): void {
    this.#client.fail(error);
  }
}

/** As a {@link Run} that is admitted already, for `execute`; with promises, for on this short way there is only one. */
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
