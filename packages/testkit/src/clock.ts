import { systemClock } from '@circuitry/core';

/** The only file of the kit that tells time: backends under test run on real clocks, so the checks wait for real ones. */
export const now: () => number = () => systemClock.now();

/** Resolves `ms` milliseconds from now. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void systemClock.after(ms, resolve));
}

let coming: Promise<void> | undefined;

/**
 * Resolves in a later turn of the event loop.
 *
 * All who wait for one turn go on in it together, so that their next calls run side by side even against a backend
 * that answers at once.
 */
export function nextTurn(): Promise<void> {
  coming ??= new Promise((resolve) => {
    setImmediate(() => {
      coming = undefined;
      resolve();
    });
  });
  return coming;
}

/** Settles as `promise` does, or with what `onLate` gives or throws once `ms` are over. */
export function within<T>(ms: number, promise: Promise<T>, onLate: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = systemClock.after(ms, () => {
      try {
        resolve(onLate());
      } catch (error) {
        reject(error);
      }
    });
    promise.then(
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

/** Asks again every `every` ms until the answer is true; false once `limit` ms are over. */
export async function eventually(probe: () => boolean | Promise<boolean>, limit: number, every = 10): Promise<boolean> {
  const end = now() + limit;
  while (!(await probe())) {
    if (now() >= end) return false;
    await pause(every);
  }
  return true;
}

/** Aborts a new signal after `ms`; `cancel` forgets it. */
export function abortAfter(ms: number): {
  readonly signal: AbortSignal;
  readonly reason: Error;
  readonly cancel: () => void;
} {
  const controller = new AbortController();
  const reason = new Error(`the ${ms} ms that this call may take are over`);
  const cancel = systemClock.after(ms, () => controller.abort(reason));
  return { signal: controller.signal, reason, cancel };
}
