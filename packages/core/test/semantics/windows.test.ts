import { describe, expect, test } from '@jest/globals';
import { failureCount, failureRate, slowCallRate } from '@circuitry/core';
import { fail, Fleet, succeed } from '../breaker/support/fleet.js';

describe('Windows of time', () => {
  const trip = failureRate({ threshold: 0.5, minimumCalls: 4, window: '10s', buckets: 10 });

  test('an idle hour empties the window: old failures don’t trip with a new one', async () => {
    const fleet = new Fleet({ trip });
    const { breaker } = fleet.join();
    await fail(breaker, 3);
    fleet.clock.step(3_600_000);
    await fail(breaker);
    expect(await breaker.information()).toMatchObject({ state: 'closed', window: { calls: 1, failures: 1 } });
  });

  test('buckets leave by age, each its own time after it was filled', async () => {
    const fleet = new Fleet({ trip });
    const { breaker } = fleet.join();
    await succeed(breaker);
    fleet.clock.step(5_000);
    await succeed(breaker);
    fleet.clock.step(4_999);
    expect((await breaker.information()).window?.calls).toBe(2);
    fleet.clock.step(1);
    expect((await breaker.information()).window?.calls).toBe(1);
    fleet.clock.step(5_000);
    expect((await breaker.information()).window?.calls).toBe(0);
  });

  test('an outcome in the middle of a bucket leaves up to one bucket early, never late', async () => {
    const fleet = new Fleet({ trip });
    const { breaker } = fleet.join();
    fleet.clock.step(999);
    await succeed(breaker);
    fleet.clock.step(9_000);
    expect((await breaker.information()).window?.calls).toBe(1);
    fleet.clock.step(1);
    expect((await breaker.information()).window?.calls).toBe(0);
  });

  test('a clock that steps back never moves the window back: the outcomes it holds stay', async () => {
    const fleet = new Fleet({ trip: failureCount({ threshold: 3, window: '10s' }) });
    const { breaker } = fleet.join();
    await fail(breaker, 2);
    fleet.clock.step(-5_000);
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('rates are 0 without calls', async () => {
    const { breaker } = new Fleet({ trip }).join();
    expect((await breaker.information()).window).toEqual({
      calls: 0,
      failures: 0,
      slow: 0,
      failureRate: 0,
      slowRate: 0,
    });
  });

  test('there is no window in the information without a rate policy', async () => {
    const { breaker } = new Fleet({ trip: failureCount({ threshold: 2, window: '10s' }) }).join();
    await fail(breaker);
    expect((await breaker.information()).window).toBeNull();
  });
});

describe('Windows of calls', () => {
  test('hold the last N calls however old they are', async () => {
    const fleet = new Fleet({ trip: failureRate({ threshold: 0.5, minimumCalls: 4, window: { calls: 4 } }) });
    const { breaker } = fleet.join();
    await fail(breaker);
    await succeed(breaker, 2);
    fleet.clock.step(86_400_000 / 2);
    await succeed(breaker);
    expect((await breaker.information()).window).toMatchObject({ calls: 4, failures: 1, failureRate: 0.25 });
    await succeed(breaker);
    expect((await breaker.information()).window).toMatchObject({ calls: 4, failures: 0 });
  });

  test('never trip on failures that N later calls pushed out', async () => {
    const { breaker } = new Fleet({ trip: failureCount({ threshold: 3, window: { calls: 5 } }) }).join();
    await fail(breaker, 2);
    await succeed(breaker, 4);
    await fail(breaker, 2);
    expect(await breaker.state()).toBe('closed');
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });
});

describe('A slow call', () => {
  test.each([
    [999, 0],
    [1_000, 0],
    [1_001, 1],
  ])('that took %i ms is slow %i times with slowCallAfter 1 s: strictly longer only', async (ms, slow) => {
    const fleet = new Fleet({ slowCallAfter: '1s' });
    const { breaker } = fleet.join();
    await breaker.execute(() => fleet.clock.step(ms));
    expect((await breaker.information()).totalSlow).toBe(slow);
  });

  test('may be a failure as well as a success, and never an ignored one', async () => {
    const trip = slowCallRate({ threshold: 1, minimumCalls: 10 });
    const fleet = new Fleet({ slowCallAfter: '1s', trip });
    const { breaker, events } = fleet.join();
    for (const end of ['succeed', 'fail', 'ignore'] as const) {
      const permit = await breaker.start();
      fleet.clock.step(2_000);
      await permit[end]();
    }
    expect(events.of('settled').map(({ slow }) => slow)).toEqual([true, true, false]);
    const information = await breaker.information();
    expect(information).toMatchObject({ totalSlow: 2, totalSuccesses: 1, totalFailures: 1, totalIgnored: 1 });
    expect(information.window).toMatchObject({ calls: 2, slow: 2, slowRate: 1, failures: 1 });
  });
});
