import type { OwnContext } from '../circuit/resolver.js';
import type { Clock } from '../time/clock.js';

/** A call that is bounded in time. It is itself the link in its slice's chain: coming and going allocates nothing. */
export class Bounded {
  /** Null: it waits for nothing. {@link Deadlines} alone sets this and the two links. */
  slice: Slice | null = null;
  previous: Bounded | null = null;
  next: Bounded | null = null;

  /** Whether its time is over: it only waits for the backend's own word. */
  get isOver(): boolean {
    return this.slice?.controller.signal.aborted === true;
  }
}

/** Calls that began within one tenth of the timeout, and the signal and timer that they share. */
interface Slice {
  readonly controller: AbortController;
  /** When it was opened, ms. */
  readonly openedAt: number;
  /** Whether its timer fired so late that it was given a little more. */
  isExtended: boolean;
  cancel: () => void;
  /** Those who wait; null: nobody. */
  first: Bounded | null;
}

/**
 * Bounds calls to the store in time, for next to nothing per call: a timer and an AbortSignal cost more than a whole
 * call on a memory backend, so all calls that begin within a tenth of the timeout share one of each. A call therefore
 * has between 0.9 and 1 times the timeout, whether the backend obeys its signal or not; only where the process itself
 * was frozen beyond that, as Lambda does, is it given a tenth more, to hear what came meanwhile.
 */
export class Deadlines<Call extends Bounded> {
  readonly #clock: Clock;
  readonly #context: OwnContext;
  readonly #timeout: number;
  readonly #onLate: (call: Call) => void;
  #slice: Slice | null = null;
  #isClosed = false;

  /**
   * @param timeout ms
   * @param onLate told of a call whose time is over, once it has left
   */
  constructor(clock: Clock, context: OwnContext, timeout: number, onLate: (call: Call) => void) {
    this.#clock = clock;
    this.#context = context;
    this.#timeout = timeout;
    this.#onLate = onLate;
  }

  /** Bounds a call that begins at `now`, until it leaves. Answers the signal that is aborted when its time is over. */
  enter(call: Call, now: number): AbortSignal {
    const slice = this.#currentSlice(now);
    call.slice = slice;
    call.next = slice.first;
    if (slice.first !== null) slice.first.previous = call;
    slice.first = call;
    return slice.controller.signal;
  }

  /** A call is done, and nobody's timer is kept. False: it had left before, or its time was over. */
  leave(call: Call): boolean {
    const { slice, previous, next } = call;
    if (slice === null) return false;
    call.slice = null;
    if (next !== null) next.previous = previous;
    if (previous !== null) previous.next = next;
    else slice.first = next;
    this.#letGo(slice);
    return true;
  }

  /** Lets the timer go, or, with calls in flight, lets the last of them do so: they stay bounded, and so do later ones. */
  close(): void {
    this.#isClosed = true;
    const slice = this.#slice;
    this.#slice = null;
    if (slice !== null) this.#letGo(slice);
  }

  #currentSlice(now: number): Slice {
    const current = this.#slice;
    // A clock that stepped back must not make a slice last.
    if (current !== null && now >= current.openedAt && now < current.openedAt + this.#timeout / 10) return current;
    const controller = new AbortController();
    const slice: Slice = { controller, openedAt: now, isExtended: false, cancel: () => {}, first: null };
    this.#arm(slice, this.#timeout);
    // After the close each call has its own: its timer goes with it.
    if (!this.#isClosed) this.#slice = slice;
    if (current !== null) this.#letGo(current);
    return slice;
  }

  #arm(slice: Slice, ms: number): void {
    slice.cancel = this.#clock.after(ms, () => this.#context.soon(() => this.#expire(slice)), { background: true });
  }

  #letGo(slice: Slice): void {
    if (slice !== this.#slice && slice.first === null) slice.cancel();
  }

  #expire(slice: Slice): void {
    if (this.#slice === slice) this.#slice = null;
    if (slice.first === null) return;
    const late = this.#clock.now() - slice.openedAt - this.#timeout;
    if (late > this.#timeout / 10 && !slice.isExtended) {
      // The process was frozen, or busy: its timers come before the answers that wait in its sockets.
      slice.isExtended = true;
      this.#arm(slice, this.#timeout / 10);
      return;
    }
    slice.controller.abort(new DOMException('The time for this call to the store is over.', 'TimeoutError'));
    // A backend that obeys its signal may know more than that no answer came: it has a turn to say so.
    slice.cancel = this.#clock.after(0, () => this.#context.soon(() => this.#giveUp(slice)), { background: true });
  }

  #giveUp(slice: Slice): void {
    while (slice.first !== null) {
      const call = slice.first as Call;
      this.leave(call);
      this.#onLate(call);
    }
  }
}
