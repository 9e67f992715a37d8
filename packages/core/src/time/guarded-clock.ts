import { unwanted } from './thenable.js';
import { once, systemClock, type Clock } from './clock.js';

/** Hears of a clock, or another source, that threw or answered nonsense. */
export type ReportClockFault = (error: unknown) => void;

/**
 * A clock of the user's, made safe: where it throws, or tells no time, the system's takes its place for that once. A call
 * must settle whatever the clock does.
 */
export function guardedClock(clock: Clock, report: ReportClockFault): Clock {
  if (clock === systemClock) return clock;
  const onFault = (error: unknown): void => {
    // Reporting may ask for the time itself.
    try {
      report(error);
    } catch {
      // Telling of a fault raises none.
    }
  };
  return {
    now() {
      try {
        const now: unknown = clock.now();
        if (typeof now === 'number' && Number.isFinite(now)) return now;
        unwanted(now);
        onFault(new TypeError('clock.now() answered no finite number of ms'));
      } catch (error) {
        onFault(error);
      }
      return systemClock.now();
    },
    after(ms, callback, options) {
      try {
        let isSet = false;
        let isAtOnce = false;
        const call = once(callback);
        const come = (): void => {
          if (isSet) call();
          else isAtOnce = true;
        };
        const cancel: unknown = clock.after(ms, come, options);
        isSet = true;
        if (isAtOnce) throw new TypeError('clock.after() called back at once, not later');
        if (typeof cancel === 'function')
          return () => {
            // Whether it cancels anything or not.
            call.isDone = true;
            callOff(cancel as () => unknown, onFault);
          };
        unwanted(cancel);
        onFault(new TypeError('clock.after() answered no function to cancel the timer'));
        return () => {};
      } catch (error) {
        onFault(error);
        return systemClock.after(ms, callback, options);
      }
    },
  };
}

/** Randomness of the user's, made safe: a number from 0 to 1, 1 excluded. */
export function guardedRandom(random: () => number, report: ReportClockFault): () => number {
  if (random === Math.random) return random;
  return () => {
    try {
      const chance: unknown = random();
      if (typeof chance === 'number' && chance >= 0 && chance < 1) return chance;
      unwanted(chance);
      report(new TypeError('random() answered no number from 0 to 1, 1 excluded'));
    } catch (error) {
      report(error);
    }
    return Math.random();
  };
}

function callOff(cancel: () => unknown, onFault: (error: unknown) => void): void {
  try {
    unwanted(cancel());
  } catch (error) {
    onFault(error);
  }
}
