/** Those who follow one signal, and the listener that tells them. */
interface Crowd {
  readonly all: Set<() => void>;
  readonly tell: () => void;
}

const followers = new WeakMap<AbortSignal, Crowd>();

/** Whether a signal is aborted. It may be a library's own: one that can't be read is not. */
export function isAborted(signal: AbortSignal | undefined): boolean {
  try {
    return signal?.aborted === true;
  } catch {
    return false;
  }
}

/** Why a signal was aborted; where it can't say, the error that it threw. */
export function reasonOf(signal: AbortSignal | undefined): unknown {
  try {
    return signal?.reason;
  } catch (error) {
    return error;
  }
}

/**
 * Calls `callback` once when `signal` is aborted, at once if it is already; the answer takes it back.
 *
 * One listener per signal, however many calls follow it: core gives one signal to all calls of a moment, and Node
 * warns of a leak from the eleventh listener on. Never throws: a signal that can't be listened to is never heard.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (isAborted(signal)) {
    callback();
    return () => {};
  }
  // Its own object, so that one callback given twice is called twice.
  const own = (): void => callback();
  const crowd = followers.get(signal) ?? newCrowd();
  if (crowd.all.size === 0) {
    followers.set(signal, crowd);
    listen(signal, 'addEventListener', crowd.tell);
  }
  crowd.all.add(own);
  return () => {
    if (crowd.all.delete(own) && crowd.all.size === 0) listen(signal, 'removeEventListener', crowd.tell);
  };
}

/** Its listener needs no event: a signal of a library's own may give none, or one of another signal that it stands for. */
function newCrowd(): Crowd {
  const all = new Set<() => void>();
  const tell = (): void => {
    const thrown: unknown[] = [];
    for (const each of all) {
      try {
        each();
      } catch (error) {
        thrown.push(error);
      }
    }
    // It goes where what a listener throws goes, once everybody has heard.
    if (thrown.length > 0) throw thrown[0];
  };
  return { all, tell };
}

function listen(signal: AbortSignal, how: 'addEventListener' | 'removeEventListener', tell: () => void): void {
  try {
    signal[how]('abort', tell, { once: true });
  } catch {
    // A signal of a library's own, broken: no call may hang on it.
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
    const stop = onAbort(signal, () => reject(toError(reasonOf(signal))));
    void promise.then(resolve, reject).then(stop);
  });
}
