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

/** What {@link attend} counts in, ms. */
const beat = 100;

/**
 * Calls `onOver` once `ms` have passed in which this process was running: a machine that stalls must not make a slow
 * backend out of a good one, so a stall counts as one beat. Answers what stops it.
 */
function attend(ms: number, onOver: () => void): () => void {
  let left = ms;
  let cancel = (): void => {};
  const arm = (): void => {
    const step = Math.min(left, beat);
    cancel = systemClock.after(step, () => {
      left -= step;
      if (left > 0) arm();
      else onOver();
    });
  };
  arm();
  return () => cancel();
}

/** Settles as `promise` does, or with what `onLate` gives or throws once `ms`, stalls apart, are over. */
export function within<T>(ms: number, promise: Promise<T>, onLate: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = attend(ms, () => {
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

/** Starts a watch for an upper bound; it answers, once, whether more than `ms`, stalls apart, have passed. */
export function watchFor(ms: number): () => boolean {
  let over = false;
  const cancel = attend(ms, () => (over = true));
  return () => {
    cancel();
    return over;
  };
}

/** Asks again every `every` ms until the answer is true; false once it was asked for `limit` ms, stalls apart. */
export async function eventually(probe: () => boolean | Promise<boolean>, limit: number, every = 10): Promise<boolean> {
  for (let left = Math.ceil(limit / every); ; left -= 1) {
    if (await probe()) return true;
    if (left <= 0) return false;
    await pause(every);
  }
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
