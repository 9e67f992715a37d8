/**
 * Settles as `promise` does, or rejects as soon as `signal` is aborted, with what `onAbort` makes of its reason
 * (default: the reason itself).
 *
 * For backends whose client can't be cancelled: the answer that comes too late is dropped, and its listener is gone
 * however it ends, so that one long-lived signal may serve any number of calls.
 */
export function withSignal<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  onAbort: (reason: unknown) => unknown = (reason) => reason,
): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      signal.removeEventListener('abort', abort);
      reject(onAbort(signal.reason));
    };
    if (signal.aborted) {
      promise.catch(() => {});
      abort();
      return;
    }
    signal.addEventListener('abort', abort);
    promise.then(
      (value) => {
        signal.removeEventListener('abort', abort);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', abort);
        reject(error);
      },
    );
  });
}
