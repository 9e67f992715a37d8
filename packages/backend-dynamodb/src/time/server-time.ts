import type { Clock } from '@circuitry/core';

/** How old a response's `Date` may be, ms: it is in whole seconds, and servers reuse one for up to another second. */
const resolution = 2_000;

/** By how much one answer alone may move the correction, ms. What moves it further must be said twice in a row. */
const longestStep = 60_000;

/** What bounds the difference of two clocks (DynamoDB's − ours), ms. */
interface Bounds {
  readonly least: number;
  readonly most: number;
}

/**
 * What DynamoDB's clock says, as far as its responses tell: each carries a `Date`, in whole seconds.
 *
 * A response stamped `D` between two readings of this worker's clock bounds the difference of the two
 * clocks; what several responses agree on narrows it. While no difference at all lies within those bounds, this
 * worker's clock is as good as we can know, and is left alone; else it is corrected by the least that fits. So a worker
 * whose clock is minutes off is right to two seconds plus a request's time, mostly better, and a right one keeps its milliseconds.
 *
 * One answer may lie, for a proxy or a cache may have stamped it. So a step of more than a minute waits for the next
 * answer: only where that says the same it is taken.
 */
export class ServerTime {
  readonly #clock: Clock;
  readonly #enabled: boolean;
  #bounds: Bounds | null = null;
  /** What the last answer said, where that is too far off to be believed alone. */
  #doubted: Bounds | null = null;
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

  /** What makes this worker's clock DynamoDB's, ms. */
  get correction(): number {
    return this.#correction;
  }

  /** Whether a clock was set since it was so: what was reckoned then is wrong by more than a worker may be. */
  changedSince(correction: number): boolean {
    return Math.abs(this.#correction - correction) > resolution;
  }

  /** Whether an answer has said what DynamoDB's time is, or none is asked for. */
  get isKnown(): boolean {
    return !this.#enabled || this.#bounds !== null;
  }

  /** Whether the last answer said a time that is far off: another one decides. */
  get isInDoubt(): boolean {
    return this.#doubted !== null;
  }

  /**
   * DynamoDB's clock, once it was ever known to differ from this worker's (clause C1). Until then undefined: ours is no
   * worse. From then on always, so that whoever goes by it hears of it when this worker's clock is put right.
   */
  storeNow(): number | undefined {
    return this.#corrected ? this.now() : undefined;
  }

  /**
   * Learns from a response of DynamoDB's. False: what it says is not believed, or not yet.
   *
   * @param stamped what its `Date` says, ms since the epoch
   * @param sentAt when its request was sent, by this worker's clock, ms
   * @param receivedAt when it came, by the same clock, ms
   */
  learn(stamped: number, sentAt: number, receivedAt: number): boolean {
    if (!this.#enabled) return true;
    // A clock that stepped back between the two readings bounds nothing.
    if (!(receivedAt >= sentAt)) return false;
    const said: Bounds = { least: stamped - receivedAt, most: stamped + resolution - sentAt };
    const narrowed = both(this.#bounds, said);
    if (narrowed !== null) this.#take(narrowed);
    // One of the clocks was set, or they drifted apart: what was known is history.
    else if (Math.abs(correctionFor(said) - this.#correction) <= longestStep) this.#take(said);
    else this.#doubt(said);
    return !this.isInDoubt;
  }

  #doubt(said: Bounds): void {
    const agreed = this.#doubted === null ? null : both(this.#doubted, said);
    if (agreed !== null) this.#take(agreed);
    else this.#doubted = said;
  }

  #take(bounds: Bounds): void {
    this.#bounds = bounds;
    this.#doubted = null;
    this.#correction = correctionFor(bounds);
    if (this.#correction !== 0) this.#corrected = true;
  }
}

/** What lies within both; null: nothing does. Nothing is known of a first answer but that it may be far off. */
function both(known: Bounds | null, said: Bounds): Bounds | null {
  if (known === null) return null;
  const least = Math.max(known.least, said.least);
  const most = Math.min(known.most, said.most);
  return least <= most ? { least, most } : null;
}

/** The least that fits. */
function correctionFor({ least, most }: Bounds): number {
  return Math.round(Math.min(Math.max(0, least), most));
}
