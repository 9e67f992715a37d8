/** Who is told when a signal is aborted. */
const followers = new WeakMap<AbortSignal, Set<() => void>>();

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
  const crowd = followers.get(signal) ?? new Set();
  if (crowd.size === 0) {
    followers.set(signal, crowd);
    signal.addEventListener('abort', tellAll, { once: true });
  }
  crowd.add(own);
  return () => {
    if (crowd.delete(own) && crowd.size === 0) signal.removeEventListener('abort', tellAll);
  };
}

function tellAll({ target }: Event): void {
  for (const each of followers.get(target as AbortSignal) ?? []) each();
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
    const stop = onAbort(signal, () => reject(toError(signal.reason)));
    void promise.then(resolve, reject).then(stop);
  });
}
