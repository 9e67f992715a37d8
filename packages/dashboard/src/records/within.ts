import { StorageError, type Clock } from '@circuitry/core';

/** Runs a call to the store under a signal that is aborted after `ms`. */
export async function within<T>(clock: Clock, ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = clock.after(ms, () =>
    controller.abort(
      new StorageError(`The store gave no answer within ${Math.round(ms / 1_000)} s. It may be down, or busy.`),
    ),
  );
  try {
    return await work(controller.signal);
  } finally {
    stop();
  }
}
