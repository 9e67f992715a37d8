import { setImmediate } from 'node:timers/promises';
import { isTurnAwaited, Time } from '../src/clock.js';
import { runOn, type ConformanceOptions } from '../src/conformance/run-conformance.js';
import { VirtualClock, type ConformanceReport, type StorageHarness } from '../src/index.js';

/** The clock of all that is tested here without waiting; whoever runs on it runs alone. */
export const virtualClock: VirtualClock = new VirtualClock();
export const virtualTime: Time = new Time(virtualClock, (ms) => virtualClock.step(ms));

/**
 * Runs the suite on virtual time, against a backend on {@link virtualClock} that needs nothing but promises to answer:
 * time moves on when nothing can happen without it, so that one seed gives one report, whatever the machine does.
 */
export async function runVirtually(
  harness: StorageHarness,
  options: ConformanceOptions = {},
): Promise<ConformanceReport & { readonly waited: number }> {
  const began = virtualClock.now();
  let isOver = false;
  const running = runOn(virtualTime, harness, options).finally(() => (isOver = true));
  for (;;) {
    do await setImmediate();
    while (isTurnAwaited());
    if (isOver) return { ...(await running), waited: virtualClock.now() - began };
    if (virtualClock.nextDue === null) throw new Error('The run waits for something that no clock brings.');
    // A test may have stepped the clock past it: then it is late, as after a stall.
    await virtualClock.advance(Math.max(0, virtualClock.nextDue - virtualClock.now()));
  }
}
