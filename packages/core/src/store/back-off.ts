import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import { StorageError } from '../errors/storage-errors.js';
import type { Clock } from '../time/clock.js';

/** The first pause after a failure, ms, and the longest. */
const firstPause = 100;
const longestPause = 5_000;

/**
 * One ability that is lost: reading, writing or locking, of the store or of one circuit.
 *
 * It is tried again on a growing, jittered pause of at most 5 s, by one caller at a time. Everybody else is told at once,
 * without a timer and without a call.
 */
export class BackOff {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** When it was lost, ms by the process's clock. */
  readonly since: number;
  #error: CircuitryError;
  #failures = 0;
  #askAgainAt = 0;
  #isAsking = false;

  constructor(error: CircuitryError, clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
    this.since = clock.now();
    this.#error = unsent(error);
    this.#pause();
  }

  /** Why it is lost, as those are told who are not let through. */
  get error(): CircuitryError {
    return this.#error;
  }

  /** Whether somebody may try now. */
  get isDue(): boolean {
    const now = this.#clock.now();
    // A clock that stepped back must not put the next try off for longer than the longest pause.
    return !this.#isAsking && (now >= this.#askAgainAt || now < this.#askAgainAt - longestPause);
  }

  /** Lets one caller through where the pause is over: then null. Else why nobody is asked. */
  tryEnter(): CircuitryError | null {
    if (!this.isDue) return this.#error;
    this.#isAsking = true;
    return null;
  }

  /** It failed again. Calls that were on the wire together fail together: that is one failure, not many. */
  failed(error: CircuitryError): void {
    this.#error = unsent(error);
    if (this.#isAsking) this.#pause();
    this.#isAsking = false;
  }

  /** Whoever was let through to find out did not: something else failed on the way. */
  unanswered(): void {
    if (this.#isAsking) this.failed(this.#error);
  }

  #pause(): void {
    const pause = Math.min(longestPause, firstPause * 2 ** this.#failures);
    this.#failures += 1;
    this.#askAgainAt = this.#clock.now() + pause * (0.5 + this.#random() / 2);
  }
}

/**
 * What those are told who are not let through. Their writes can't have happened, whatever became of the one that failed:
 * taken for ambiguous, a whole outage's counts would be kept out of the totals.
 */
function unsent(error: CircuitryError): CircuitryError {
  if (!isCircuitryError(error, 'ERR_STORAGE') || !(error as StorageError).ambiguous) return error;
  const { retriable, scope } = error as StorageError;
  return new StorageError(`The store can't be used, so it was not asked. Before that: ${error.message}`, {
    cause: error,
    retriable,
    ...(scope && { scope }),
  });
}
