import type { Clock } from '../time/clock.js';

/** Calls that began within one tenth of the timeout, and the signal and timer that they share. */
export interface Slice {
  readonly signal: AbortSignal;
  /** Told when the time of their calls is over. Who is done takes itself out, then asks `leave`. */
  readonly waiting: Set<() => void>;
}

interface OwnedSlice extends Slice {
  readonly controller: AbortController;
  /** When it was opened, ms. */
  readonly openedAt: number;
  cancel: () => void;
}

/**
 * Bounds calls to the store in time, for next to nothing per call: a timer and an AbortSignal cost more than a whole
 * call on a memory backend, so all calls that begin within a tenth of the timeout share one of each. A call therefore
 * has between 0.9 and 1 times the timeout, never more, whether the backend obeys its signal or not.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #timeout: number;
  #slice: OwnedSlice | null = null;

  /** @param timeout ms */
  constructor(clock: Clock, timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** The slice of a call that begins at `now`: it puts itself among those who wait. */
  enter(now: number): Slice {
    const current = this.#slice;
    // A clock that stepped back must not make a slice last.
    if (current !== null && now >= current.openedAt && now < current.openedAt + this.#timeout / 10) return current;
    return this.#open(now);
  }

  /** A call of `slice` is done. Nobody's timer is kept. */
  leave(slice: Slice): void {
    if (slice !== this.#slice && slice.waiting.size === 0) (slice as OwnedSlice).cancel();
  }

  /** Lets the timer go, or, with calls in flight, lets the last of them do so: they stay bounded. */
  close(): void {
    const slice = this.#slice;
    this.#slice = null;
    if (slice !== null) this.leave(slice);
  }

  #open(now: number): OwnedSlice {
    const before = this.#slice;
    const controller = new AbortController();
    const slice: OwnedSlice = { controller, signal: controller.signal, waiting: new Set(), openedAt: now, cancel: () => {} };
    slice.cancel = this.#clock.after(this.#timeout, () => this.#expire(slice), { background: true });
    this.#slice = slice;
    if (before !== null) this.leave(before);
    return slice;
  }

  #expire(slice: OwnedSlice): void {
    if (this.#slice === slice) this.#slice = null;
    if (slice.waiting.size === 0) return;
    slice.controller.abort(new DOMException('The time for this call to the store is over.', 'TimeoutError'));
    for (const giveUp of [...slice.waiting]) giveUp();
  }
}
