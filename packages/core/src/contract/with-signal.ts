/** Who is told when a signal is aborted. */
const followers = new WeakMap<AbortSignal, Crowd>();

/**
 * Calls `callback` once when `signal` is aborted, at once if it is already; the answer takes it back.
 *
 * One listener per signal, however many calls follow it: core gives one signal to all calls of a moment, and Node
 * warns of a leak from the eleventh listener on.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => {};
  }
  // Its own object, so that one callback given twice is called twice.
  const own = (): void => callback();
  const crowd = followers.get(signal) ?? new Crowd(signal);
  crowd.callbacks.add(own);
  return () => crowd.leave(own);
}

/** Those who follow one signal. Its listener goes with the last of them. */
class Crowd {
  readonly callbacks: Set<() => void> = new Set();
  readonly #signal: AbortSignal;
  readonly #tellAll = (): void => {
    followers.delete(this.#signal);
    for (const each of [...this.callbacks]) each();
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    followers.set(signal, this);
    signal.addEventListener('abort', this.#tellAll, { once: true });
  }

  leave(callback: () => void): void {
    if (!this.callbacks.delete(callback) || this.callbacks.size > 0) return;
    followers.delete(this.#signal);
    this.#signal.removeEventListener('abort', this.#tellAll);
  }
}

/**
 * Settles as `promise` does, or rejects as soon as `signal` is aborted, with what `toError` makes of its reason
 * (default: the reason itself).
 *
 * For backends whose client can't be cancelled: the answer that comes too late is dropped, and one long-lived signal
 * may serve any number of calls.
 */
export function withSignal<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  toError: (reason: unknown) => unknown = (reason) => reason,
): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const stop = onAbort(signal, () => {
      reject(toError(signal.reason));
    });
    promise.then(
      (value) => {
        stop();
        resolve(value);
      },
      (error: unknown) => {
        stop();
        reject(error);
      },
    );
  });
}
