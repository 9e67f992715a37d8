import type { Clock } from '@circuitry/core';

/** How old a response's `Date` may be, ms: it is in whole seconds, and servers reuse one for up to another second. */
const resolution = 2_000;

/**
 * What DynamoDB's clock says, as far as its responses tell: each carries a `Date`, in whole seconds.
 *
 * A response stamped `D` between two readings of this worker's clock bounds the difference of the two
 * clocks; what several responses agree on narrows it. While no difference at all lies within those bounds, this
 * worker's clock is as good as we can know, and is left alone; else it is corrected by the least that fits. So a worker
 * whose clock is minutes off is right to two seconds plus a request's time, mostly better, and a right one keeps its milliseconds.
 */
export class ServerTime {
  readonly #clock: Clock;
  readonly #enabled: boolean;
  /** Bounds of (DynamoDB's clock − ours), ms. */
  #least = -Infinity;
  #most = Infinity;
  #correction = 0;
  #corrected = false;

  constructor(clock: Clock, enabled: boolean) {
    this.#clock = clock;
    this.#enabled = enabled;
  }

  /** Ms since the epoch: this worker's clock, corrected where DynamoDB's is known to differ. */
  now(): number {
    return this.#clock.now() + this.#correction;
  }

  /**
   * DynamoDB's clock, once it was ever known to differ from this worker's (clause C1). Until then undefined: ours is no
   * worse. From then on always, so that whoever goes by it hears of it when this worker's clock is put right.
   */
  storeNow(): number | undefined {
    return this.#corrected ? this.now() : undefined;
  }

  /**
   * Learns from a response.
   *
   * @param date the text of its `Date` header
   * @param sentAt when its request was sent, by this worker's clock, ms
   * @param receivedAt when it came, by the same clock, ms
   */
  learn(date: string | undefined, sentAt: number, receivedAt: number): void {
    if (!this.#enabled || date === undefined) return;
    const stamped = Date.parse(date);
    // A clock that stepped back between the two readings bounds nothing.
    if (Number.isNaN(stamped) || receivedAt < sentAt) return;
    const least = stamped - receivedAt;
    const most = stamped + resolution - sentAt;
    const agrees = least <= this.#most && most >= this.#least;
    // One of the clocks was set, or they drifted apart: what was known is history.
    this.#least = agrees ? Math.max(this.#least, least) : least;
    this.#most = agrees ? Math.min(this.#most, most) : most;
    this.#correction = Math.round(Math.min(Math.max(0, this.#least), this.#most));
    if (this.#correction !== 0) this.#corrected = true;
  }
}
