import { describe, expect, test } from '@jest/globals';
import { failureRate } from '@circuitry/core';
import { fail, Fleet, succeed, t0 } from './support/fleet.js';

describe('information', () => {
  test('has every count of a closed circuit', async () => {
    const fleet = new Fleet({ slowCallAfter: '1s', trip: failureRate({ threshold: 0.9, minimumCalls: 100 }) });
    const { breaker } = fleet.join();
    await fail(breaker, 2);
    await succeed(breaker, 3);
    await breaker.execute(() => fleet.clock.step(1_001));
    await (await breaker.start()).ignore();
    const { revision, ...information } = await breaker.information();
    expect(revision).toBe((await fleet.record())?.revision);
    expect(information).toEqual({
      state: 'closed',
      generation: 0,
      openings: 0,
      consecutiveFailures: 0,
      consecutiveSuccesses: 4,
      total: 6,
      totalFailures: 2,
      totalSuccesses: 4,
      totalIgnored: 1,
      totalSlow: 1,
      lastFailure: null,
      windows: [{ calls: 6, failures: 2, slow: 1, failureRate: 2 / 6, slowRate: 1 / 6 }],
      window: { calls: 6, failures: 2, slow: 1, failureRate: 2 / 6, slowRate: 1 / 6 },
      trials: null,
      since: 0,
      expiresAfter: null,
      override: null,
    });
  });

  test('says when an open circuit opened, how often in a row, and when it ends', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '30s' });
    const { breaker } = fleet.join();
    fleet.clock.step(5_000);
    await fail(breaker);
    expect(await breaker.information()).toMatchObject({
      state: 'open',
      generation: 1,
      openings: 1,
      since: t0 + 5_000,
      expiresAfter: new Date(t0 + 35_000),
      trials: null,
    });
  });

  test('says of a half-open circuit how many trials there were, and when its round is over', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '30s', closeThreshold: 3, trialLease: '60s' });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(30_000);
    await succeed(breaker);
    expect(await breaker.information()).toMatchObject({
      state: 'half-open',
      consecutiveSuccesses: 1,
      totalSuccesses: 1,
      trials: { started: 1, limit: 3 },
      since: t0 + 30_000,
      expiresAfter: new Date(t0 + 90_000),
    });
  });

  test('shows the effective state under an override, and the override itself', async () => {
    const { breaker } = new Fleet().join();
    await breaker.forceOpen({ reason: 'r', by: 'b' });
    expect(await breaker.information()).toMatchObject({
      state: 'open',
      override: { state: 'open', reason: 'r', by: 'b', until: null },
    });
    await breaker.forceClosed();
    expect(await breaker.information()).toMatchObject({
      state: 'closed',
      override: { state: 'closed', reason: null, by: null, until: null },
    });
  });

  test('is read anew each time: what another worker did is seen', async () => {
    const fleet = new Fleet();
    const [one, two] = [fleet.join(), fleet.join()];
    await one.breaker.information();
    await fail(two.breaker, 2);
    expect((await one.breaker.information()).consecutiveFailures).toBe(2);
  });

  test('says when the counts will be cleared', async () => {
    const { breaker } = new Fleet({ cyclicClearAfter: '12h' }).join();
    await succeed(breaker);
    expect((await breaker.information()).expiresAfter).toEqual(new Date(t0 + 12 * 3_600_000));
  });

  test('is the caller’s own: what is done to it changes nothing of the circuit', async () => {
    const { breaker } = new Fleet({ consistency: { maxStaleness: '1m' } }).join();
    await breaker.forceOpen({ reason: 'maintenance' });
    const { override } = await breaker.information();
    Object.assign(override as object, { state: 'closed' });
    await expect(breaker.execute(() => 'ran')).rejects.toMatchObject({ code: 'ERR_FORCED_OPEN' });
  });
});
