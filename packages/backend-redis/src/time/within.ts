import type { Clock } from '@circuitry/core';

/** What `work` resolves with, or null where that takes longer than `ms`. Rejects as it does. */
export function within<T>(work: Promise<T>, clock: Clock, ms: number): Promise<T | null> {
  return new Promise((resolve, reject) => {
    // In the background: who was aborted or closed meanwhile must not keep the process alive with it.
    const cancel = clock.after(Math.max(0, ms), () => resolve(null), { background: true });
    work.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error: unknown) => {
        cancel();
        reject(error);
      },
    );
  });
}
