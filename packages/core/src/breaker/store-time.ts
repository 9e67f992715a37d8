import type { Clock } from '../time/clock.js';

/**
 * The store's time as this process knows it: its own clock, put right by the last answer that carried the store's.
 *
 * Where the store gives a clock, a worker whose own is minutes off decides like all others; where it gives none, this
 * is the worker's clock, and its error remains.
 */
export class StoreTime {
  readonly #clock: Clock;
  #offset = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** ms since the epoch. */
  now(): number {
    return this.#clock.now() + this.#offset;
  }

  /** The store's time when this process's clock says `at`. */
  of(at: number): number {
    return at + this.#offset;
  }

  /** Takes in what an answer says, and answers the time to decide on it by. */
  observe(storeNow: number | undefined): number {
    if (storeNow === undefined || !Number.isFinite(storeNow)) return this.now();
    this.#offset = storeNow - this.#clock.now();
    return storeNow;
  }
}
