import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import { StorageError } from '../errors/storage-errors.js';
import type { Clock } from '../time/clock.js';

/** The first pause after a failure, ms, and the longest. */
const firstPause = 100;
const longestPause = 5_000;

/**
 * Whether something can be asked: the store, or one circuit's record in it.
 *
 * While it can't, it is asked again on a growing, jittered pause of at most 5 s, by one caller at a time; everybody
 * else is told at once, without a timer and without a call.
 */
export class Health {
  readonly #clock: Clock;
  readonly #random: () => number;
  #error: CircuitryError | null = null;
  #failedSince = 0;
  #failures = 0;
  #askAgainAt = 0;
  #asking = false;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Why it can't be asked now; null: it can, and while it is failing the caller is the one to find out. */
  refusal(): CircuitryError | null {
    if (this.#error === null) return null;
    const now = this.#clock.now();
    // A clock that stepped back must not put the next try off for longer than the longest pause.
    const isDue = now >= this.#askAgainAt || now < this.#askAgainAt - longestPause;
    if (this.#asking || !isDue) return this.#error;
    this.#asking = true;
    return null;
  }

  get isFailing(): boolean {
    return this.#error !== null;
  }

  /** Answers whether this is news. */
  failed(error: CircuitryError): boolean {
    const isNews = this.#error === null;
    const now = this.#clock.now();
    if (isNews) this.#failedSince = now;
    // Calls that were on the wire together fail together: that is one failure, not many.
    if (isNews || this.#asking) {
      const pause = Math.min(longestPause, firstPause * 2 ** this.#failures);
      this.#failures += 1;
      this.#askAgainAt = now + pause * (0.5 + this.#random() / 2);
    }
    this.#asking = false;
    this.#error = unsent(error);
    return isNews;
  }

  /** Whoever was let through to find out did not: something else failed on the way. */
  unanswered(): void {
    if (this.#error !== null && this.#asking) this.failed(this.#error);
  }

  /** Answers how long it had been failing, ms; null where it had not. */
  succeeded(): number | null {
    if (this.#error === null) return null;
    this.#error = null;
    this.#asking = false;
    this.#failures = 0;
    return Math.max(0, this.#clock.now() - this.#failedSince);
  }
}

/**
 * What those are told who are not let through. Their writes can't have happened, whatever became of the one that failed:
 * taken for ambiguous, a whole outage's counts would be kept out of the totals.
 */
function unsent(error: CircuitryError): CircuitryError {
  if (!isCircuitryError(error, 'ERR_STORAGE') || !(error as StorageError).ambiguous) return error;
  const { retriable } = error as StorageError;
  return new StorageError(`The store is down, so it was not asked. Before that: ${error.message}`, {
    cause: error,
    retriable,
  });
}
