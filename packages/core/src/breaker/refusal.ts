import type { CircuitRecord } from '../contract/record.js';
import type { RefusalReason } from '../machine/start-steps.js';
import { effectiveState, informationOf } from '../machine/information.js';
import type { Circuit } from './circuit.js';
import { refusalError, type CallRefusedError } from './refusals.js';

/**
 * A call that was refused: what `settle` answers. Its error is made when somebody looks at it, and then is the same
 * each time: an Error costs more than the whole refusal, and a queue that only delays the job needs none.
 */
export class Refusal<Context> {
  readonly status = 'refused';
  readonly #circuit: Circuit<Context>;
  readonly #record: CircuitRecord | null;
  readonly #because: RefusalReason;
  /** ms; null: nobody knows. */
  readonly #retryAfter: number | null;
  readonly #now: number;
  #error: CallRefusedError | null = null;

  constructor(
    circuit: Circuit<Context>,
    record: CircuitRecord | null,
    because: RefusalReason,
    retryAfter: number | null,
    now: number,
  ) {
    this.#circuit = circuit;
    this.#record = record;
    this.#because = because;
    this.#retryAfter = retryAfter;
    this.#now = now;
  }

  get error(): CallRefusedError {
    this.#error ??= refusalError(this.#because, {
      circuitName: this.#circuit.name,
      state: effectiveState(this.#record),
      retryAfter: this.#retryAfter,
      information: () => informationOf(this.#record, this.#now, this.#circuit.rules),
    });
    return this.#error;
  }

  /** What a log line or a message to another process keeps of it: `error` is no property of its own. */
  toJSON(): { readonly status: 'refused'; readonly error: CallRefusedError } {
    return { status: this.status, error: this.error };
  }
}

// What Node's console shows.
Object.defineProperty(Refusal.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Refusal<unknown>): object {
    return this.toJSON();
  },
});
