import type { Clock } from '../time/clock.js';

/** A call that is bounded in time. A link in its slice's ring: coming and going allocates nothing more. */
export interface Wait {
  /** Aborted when the time is over. */
  readonly signal: AbortSignal;
}

interface LinkedWait extends Wait {
  readonly slice: Slice;
  readonly onLate: () => void;
  previous: LinkedWait | null;
  next: LinkedWait | null;
}

/** Calls that began within one tenth of the timeout, and the signal and timer that they share. */
interface Slice {
  readonly controller: AbortController;
  /** When it was opened, ms. */
  readonly openedAt: number;
  cancel: () => void;
  /** Those who wait; null: nobody. */
  first: LinkedWait | null;
}

/**
 * Bounds calls to the store in time, for next to nothing per call: a timer and an AbortSignal cost more than a whole
 * call on a memory backend, so all calls that begin within a tenth of the timeout share one of each. A call therefore
 * has between 0.9 and 1 times the timeout, never more, whether the backend obeys its signal or not.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #timeout: number;
  #slice: Slice | null = null;

  /** @param timeout ms */
  constructor(clock: Clock, timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** Bounds a call that begins at `now`, until it leaves. @param onLate called once its time is over */
  enter(now: number, onLate: () => void): Wait {
    const slice = this.#currentSlice(now);
    const wait: LinkedWait = { signal: slice.controller.signal, slice, onLate, previous: null, next: slice.first };
    if (slice.first !== null) slice.first.previous = wait;
    slice.first = wait;
    return wait;
  }

  /** A call is done, in time or not. Nobody's timer is kept. */
  leave(wait: Wait): void {
    const { slice, previous, next } = wait as LinkedWait;
    if (next !== null) next.previous = previous;
    if (previous !== null) previous.next = next;
    else slice.first = next;
    this.#letGo(slice);
  }

  /** Lets the timer go, or, with calls in flight, lets the last of them do so: they stay bounded. */
  close(): void {
    const slice = this.#slice;
    this.#slice = null;
    if (slice !== null) this.#letGo(slice);
  }

  #currentSlice(now: number): Slice {
    const current = this.#slice;
    // A clock that stepped back must not make a slice last.
    if (current !== null && now >= current.openedAt && now < current.openedAt + this.#timeout / 10) return current;
    const slice: Slice = { controller: new AbortController(), openedAt: now, cancel: () => {}, first: null };
    slice.cancel = this.#clock.after(this.#timeout, () => this.#expire(slice), { background: true });
    this.#slice = slice;
    if (current !== null) this.#letGo(current);
    return slice;
  }

  #letGo(slice: Slice): void {
    if (slice !== this.#slice && slice.first === null) slice.cancel();
  }

  #expire(slice: Slice): void {
    if (this.#slice === slice) this.#slice = null;
    if (slice.first === null) return;
    slice.controller.abort(new DOMException('The time for this call to the store is over.', 'TimeoutError'));
    // Whoever is told leaves.
    while (slice.first !== null) slice.first.onLate();
  }
}
