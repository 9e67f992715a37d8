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
  #readAt = 0;
  #isStores = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it is the store's: an answer has carried its clock. */
  get isStores(): boolean {
    return this.#isStores;
  }

  /** ms since the epoch. */
  now(): number {
    this.#readAt = this.#clock.now();
    return this.#readAt + this.#offset;
  }

  /** When the clock was last read, ms by the process's clock: who acts in the same turn need not read it again. */
  get readAt(): number {
    return this.#readAt;
  }

  /** What this process's clock says when the store's says `now`, as far as it is known now. */
  inProcess(now: number): number {
    return now - this.#offset;
  }

  /** Takes in what an answer says, and answers the time to decide on it by. */
  observe(storeNow: number | undefined): number {
    if (storeNow === undefined || !Number.isFinite(storeNow)) return this.now();
    this.#isStores = true;
    this.#readAt = this.#clock.now();
    this.#offset = storeNow - this.#readAt;
    return storeNow;
  }
}
