import { systemClock, type Clock } from '@circuitry/core';

/** This machine's clock as a worker would have it whose own is off by `error` ms. It can be put right meanwhile. */
export function wrongClock(error: number): Clock & { error: number } {
  const clock = {
    error,
    now: () => systemClock.now() + clock.error,
    after: systemClock.after.bind(systemClock),
  };
  return clock;
}

/** This machine's clock with timers a hundred times as quick, for what waits long against a real server. */
export function hurriedClock(): Clock {
  return { now: () => systemClock.now(), after: (ms, callback) => systemClock.after(ms / 100, callback) };
}
