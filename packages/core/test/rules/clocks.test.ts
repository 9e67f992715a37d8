import { describe, expect, test } from '@jest/globals';
import { failureRate } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { fail, Fleet, isAdmitted, refusal, succeed, t0 } from '../breaker/support/fleet.js';

const minutes = 60_000;

describe.each([
  ['ahead', 10 * minutes],
  ['behind', -10 * minutes],
])('A worker whose clock is ten minutes %s of the store’s', (_which, error) => {
  const wrong = (): VirtualClock => new VirtualClock(t0 + error);

  test('opens a circuit for as long as any other would', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '60s' });
    const [one, two] = [fleet.join({ clock: wrong() }), fleet.join()];
    await fail(one.breaker);
    expect(await fleet.record()).toMatchObject({ since: t0, expiresAt: t0 + 60_000 });
    expect((await refusal(two.breaker)).retryAfter).toBe(60_000);
    expect((await refusal(one.breaker)).retryAfter).toBe(60_000);
  });

  test('is not admitted early, and not kept out late', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '60s' });
    const [one, two] = [fleet.join({ clock: wrong() }), fleet.join()];
    await fail(two.breaker);
    fleet.clock.step(59_999);
    expect(await isAdmitted(one.breaker)).toBe(false);
    fleet.clock.step(1);
    expect(await isAdmitted(one.breaker)).toBe(true);
  });

  test('takes trials with the store’s deadlines', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '60s', trialLease: '10s', closeThreshold: 2 });
    const one = fleet.join({ clock: wrong() });
    await fail(one.breaker);
    fleet.clock.step(60_000);
    await one.breaker.start();
    await one.breaker.start();
    expect((await fleet.counters())['trials.deadline']).toBe(t0 + 70_000);
  });

  test('counts into the same window as the others', async () => {
    const trip = failureRate({ threshold: 0.75, minimumCalls: 4, window: '60s' });
    const fleet = new Fleet({ trip });
    const [one, two] = [fleet.join({ clock: wrong() }), fleet.join()];
    await succeed(two.breaker);
    await fail(one.breaker, 2);
    expect((await two.breaker.information()).window).toMatchObject({ calls: 3, failures: 2 });
    await fail(two.breaker);
    expect(await one.breaker.state()).toBe('open');
  });

  test('forces a circuit open until the store’s clock says so', async () => {
    const fleet = new Fleet();
    const one = fleet.join({ clock: wrong() });
    await one.breaker.forceOpen({ for: '5m' });
    expect((await fleet.record())?.override?.until).toBe(t0 + 5 * minutes);
  });

  test('writes the same ttl as the others', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '60s', retention: '1m' });
    const one = fleet.join({ clock: wrong() });
    await fail(one.breaker);
    expect(one.backend.of('store').map(({ ttl }) => ttl)).toEqual([60_000, 120_000]);
  });
});

describe('Where the store has no clock', () => {
  test('the worker’s clock decides, and its error remains', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '60s' }, null);
    const [one, two] = [fleet.join({ clock: new VirtualClock(t0 + 45_000) }), fleet.join()];
    await fail(one.breaker);
    expect((await refusal(two.breaker)).retryAfter).toBe(105_000);
  });

  test('a clock that steps back never shortens since: a new state begins after the one before it', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '60s' }, null);
    const { breaker } = fleet.join();
    await breaker.reset();
    fleet.clock.step(-5_000);
    await fail(breaker);
    expect((await fleet.record())?.since).toBe(t0 + 1);
  });
});

describe('A store whose clock was an hour ahead for a while', () => {
  test.each([
    ['a circuit’s first outcome', 0],
    ['a clear', 30_000],
  ])('leaves no cyclic clear an hour ahead, where it stamped %s: the clear is due', async (_stamped, before) => {
    const fleet = new Fleet({ cyclicClearAfter: '30s' });
    const { breaker } = fleet.join();
    if (before > 0) await fail(breaker);
    fleet.clock.step(before);
    fleet.clock.step(60 * minutes);
    await fail(breaker);
    expect((await fleet.record())?.since).toBe(0);
    fleet.clock.step(-60 * minutes);
    expect((await breaker.information()).consecutiveFailures).toBe(0);
    await fail(breaker);
    expect(await fleet.record()).toMatchObject({ expiresAt: t0 + before + 30_000, since: 0 });
    expect((await breaker.information()).consecutiveFailures).toBe(1);
  });

  test('leaves a period alone that is longer by no more than clocks may differ', async () => {
    const fleet = new Fleet({ cyclicClearAfter: '30s' });
    const { breaker } = fleet.join();
    fleet.clock.step(5_000);
    await fail(breaker);
    fleet.clock.step(-5_000);
    expect((await breaker.information()).consecutiveFailures).toBe(1);
  });
});
