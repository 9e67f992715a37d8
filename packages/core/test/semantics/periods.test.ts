import { describe, expect, test } from '@jest/globals';
import { failureCount } from '@circuitry/core';
import { fail, Fleet, isAdmitted, refusal, succeed, t0 } from '../breaker/support/fleet.js';

describe('The end of a period is inclusive: at exactly t0 + D it is over', () => {
  test.each([
    [59_999, false],
    [60_000, true],
    [60_001, true],
  ])('%i ms after it opened for 60 s, whether a circuit admits is %s', async (ms, admits) => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '60s' });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(ms);
    expect(await breaker.state()).toBe(admits ? 'half-open' : 'open');
    expect(await isAdmitted(breaker)).toBe(admits);
  });

  test.each([
    [999, 1],
    [1_000, 0],
    [1_001, 0],
  ])('%i ms after a failure on a bucket’s edge, a window of 1 s holds %i', async (ms, held) => {
    const fleet = new Fleet({ trip: failureCount({ threshold: 2, window: '1s', buckets: 10 }) });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(ms);
    await fail(breaker);
    expect(await breaker.state()).toBe(held === 1 ? 'open' : 'closed');
  });

  test.each([
    [3_599_999, 2],
    [3_600_000, 1],
    [3_600_001, 1],
  ])('%i ms after the first outcome, a cyclic clear of 1 h leaves %i failures', async (ms, failures) => {
    const fleet = new Fleet({ cyclicClearAfter: '1h' });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(ms);
    await fail(breaker);
    expect((await breaker.information()).consecutiveFailures).toBe(failures);
  });

  test.each([
    [9_999, false],
    [10_000, true],
    [10_001, true],
  ])('%i ms after a trial of a dead worker, whether its lease of 10 s is over is %s', async (ms, isOver) => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', trialLease: '10s' });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(1_000);
    await fleet.join().breaker.start();
    // A step runs no timer: the trial's worker does not renew any more.
    fleet.clock.step(ms);
    expect(await isAdmitted(breaker)).toBe(isOver);
  });

  test.each([
    [4_999, false],
    [5_000, true],
    [5_001, true],
  ])('%i ms after an operator forced it open for 5 s, whether a circuit admits is %s', async (ms, admits) => {
    const fleet = new Fleet();
    const { breaker } = fleet.join();
    await breaker.forceOpen({ for: '5s' });
    fleet.clock.step(ms);
    expect(await breaker.state()).toBe(admits ? 'closed' : 'open');
    expect(await isAdmitted(breaker)).toBe(admits);
  });

  test('retryAfter at one ms before the end is 1, and whoever comes then is admitted', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '60s' });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(59_999);
    expect((await refusal(breaker)).retryAfter).toBe(1);
    fleet.clock.step(1);
    await succeed(breaker);
  });

  test('expiresAfter names that very instant', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '60s' });
    const { breaker } = fleet.join();
    await fail(breaker);
    expect((await breaker.information()).expiresAfter).toEqual(new Date(t0 + 60_000));
  });
});
