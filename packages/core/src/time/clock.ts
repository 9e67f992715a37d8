/** How the library tells time: the only way. Tests and simulations give their own. */
export interface Clock {
  /** Milliseconds since the epoch. It may step back; nothing here breaks when it does. */
  now(): number;
  /**
   * Calls `callback` once, `ms` milliseconds from now, and returns what cancels it.
   *
   * `background: true` asks that the timer alone does not keep the process alive.
   */
  after(ms: number, callback: () => void, options?: { readonly background?: boolean }): () => void;
}

/** The longest delay that a host's timer takes: above it setTimeout fires at once. */
const longestTimeout = 2 ** 31 - 1;

/** The machine's own clock: `Date.now` and `setTimeout`. */
export const systemClock: Clock = Object.freeze({
  now: Date.now,
  after(ms: number, callback: () => void, options?: { readonly background?: boolean }): () => void {
    let left = ms;
    let timer: ReturnType<typeof setTimeout>;
    const arm = (): void => {
      const step = Math.min(left, longestTimeout);
      left -= step;
      timer = setTimeout(left > 0 ? arm : callback, step);
      // Node's timers can be unreferenced; a browser's are numbers and never keep anything alive.
      if (options?.background === true) (timer as { unref?: () => void }).unref?.();
    };
    arm();
    return () => clearTimeout(timer);
  },
});

/** Resolves in a later turn of the event loop, once every promise that can go on by itself has done so. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
