import type { Clock } from '@circuitry/core';

/** Resolves after `ms`; rejects with the signal's reason once it is aborted. Leaves no timer and no listener behind. */
export function sleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    const abort = (): void => {
      signal.removeEventListener('abort', abort);
      cancel();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort);
  });
}
