import type { Clock } from '../time/clock.js';

/** Calls that began within one tenth of the timeout, and the signal and timer that they share. */
interface Slice {
  readonly controller: AbortController;
  readonly pending: Set<() => void>;
  /** Later calls open another slice, ms since the epoch. */
  readonly openUntil: number;
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
  #slice: Slice | null = null;

  /** @param timeout ms */
  constructor(clock: Clock, timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** Makes the call and settles as it does, or rejects with `late()` when its time is over. */
  run<T>(call: (signal: AbortSignal) => Promise<T>, late: () => Error): Promise<T> {
    const slice = this.#currentSlice();
    return new Promise<T>((resolve, reject) => {
      const giveUp = (): void => reject(late());
      const done = (): void => {
        slice.pending.delete(giveUp);
        if (slice !== this.#slice && slice.pending.size === 0) slice.cancel();
      };
      slice.pending.add(giveUp);
      const fail = (error: unknown): void => {
        done();
        reject(error as Error);
      };
      try {
        call(slice.controller.signal).then((value) => {
          done();
          resolve(value);
        }, fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  /** Lets the timers go. Calls in flight are no longer bounded. */
  close(): void {
    this.#slice?.cancel();
    this.#slice = null;
  }

  #currentSlice(): Slice {
    const now = this.#clock.now();
    const current = this.#slice;
    // A clock that stepped back must not make a slice last.
    if (current !== null && now < current.openUntil && now >= current.openUntil - this.#timeout / 10) return current;
    if (current !== null && current.pending.size === 0) current.cancel();
    const slice: Slice = {
      controller: new AbortController(),
      pending: new Set(),
      openUntil: now + this.#timeout / 10,
      cancel: () => {},
    };
    slice.cancel = this.#clock.after(this.#timeout, () => this.#expire(slice), { background: true });
    this.#slice = slice;
    return slice;
  }

  #expire(slice: Slice): void {
    if (this.#slice === slice) this.#slice = null;
    if (slice.pending.size === 0) return;
    slice.controller.abort(new DOMException('The time for this call to the store is over.', 'TimeoutError'));
    for (const giveUp of [...slice.pending]) giveUp();
  }
}
