import type { Clock } from '../time/clock.js';

/**
 * What a lease is handed out with: what is left of it, ms; null: it has to be given back and tried for again (clause L8).
 * Less than a third is too little: its holder must get to a heartbeat.
 *
 * @param lease its length, ms
 * @param took from before the write that took it was sent until its answer was heard, ms. Less than nothing: the clock
 *   stepped back meanwhile, and nobody knows how late it came
 * @param left what is left of it by a backend's own reckoning, ms. Default: its length less `took`
 */
export function leaseLeft(lease: number, took: number, left: number = lease - took): number | null {
  return took >= 0 && left * 3 >= lease ? left : null;
}

/**
 * Counts down how long a caller waits for a lock. A clock that steps back while it waits does not make that longer.
 *
 * @returns answers what is left, ms; it is told how long was slept since it was asked last, ms
 */
export function countdown(clock: Clock, wait: number): (slept: number) => number {
  let left = wait;
  let last = clock.now();
  return (slept) => {
    const now = clock.now();
    left -= Math.max(slept, now - last);
    last = now;
    return left;
  };
}
