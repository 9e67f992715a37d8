import { describe, expect, test } from '@jest/globals';
import { slowCallRate, type FactoryOptions } from '@circuitry/core';
import { fail, Fleet, succeed, type Breaker } from '../breaker/support/fleet.js';

async function halfOpen(
  closeThreshold: FactoryOptions['closeThreshold'],
  more: Partial<FactoryOptions> = {},
): Promise<{ fleet: Fleet; breaker: Breaker }> {
  const fleet = new Fleet({
    failureCountThreshold: 1,
    allowAfter: '1s',
    ...(closeThreshold && { closeThreshold }),
    ...more,
  });
  const { breaker } = fleet.join();
  await fail(breaker);
  fleet.clock.step(1_000);
  return { fleet, breaker };
}

describe('A sample { trials: 10, successRate: 0.7 }', () => {
  const sample = { trials: 10, successRate: 0.7 };

  test('closes at its 7th success, for the missing trials can’t change the answer any more', async () => {
    const { breaker } = await halfOpen(sample);
    await succeed(breaker, 6);
    expect(await breaker.state()).toBe('half-open');
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
  });

  test('stays half-open at its 3rd failure, and reopens at its 4th', async () => {
    const { breaker } = await halfOpen(sample);
    await fail(breaker, 3);
    expect(await breaker.state()).toBe('half-open');
    await fail(breaker);
    expect(await breaker.information()).toMatchObject({ state: 'open', openings: 2 });
  });

  test('closes with 7 successes among 3 failures, whatever their order', async () => {
    const { breaker } = await halfOpen(sample);
    for (const each of 'FSSFSSSFS') await (each === 'F' ? fail(breaker) : succeed(breaker));
    expect(await breaker.state()).toBe('half-open');
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
  });

  test('a rate that is met exactly closes: 1 of 2 with 0.5', async () => {
    const { breaker } = await halfOpen({ trials: 2, successRate: 0.5 });
    await fail(breaker);
    expect(await breaker.state()).toBe('half-open');
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
  });

  test('a slow success counts as a success without a slowCallRate policy', async () => {
    const { fleet, breaker } = await halfOpen({ trials: 1, successRate: 1 }, { slowCallAfter: '1s' });
    await breaker.execute(() => fleet.clock.step(2_000));
    expect(await breaker.state()).toBe('closed');
  });

  test('a slow success fails with a slowCallRate policy', async () => {
    const fleet = new Fleet({
      slowCallAfter: '1s',
      trip: slowCallRate({ threshold: 1, minimumCalls: 1 }),
      allowAfter: '1s',
      closeThreshold: { trials: 1, successRate: 1 },
    });
    const { breaker } = fleet.join();
    await breaker.execute(() => fleet.clock.step(2_000));
    expect(await breaker.state()).toBe('open');
    fleet.clock.step(1_000);
    await breaker.execute(() => fleet.clock.step(2_000));
    expect(await breaker.information()).toMatchObject({ state: 'open', openings: 2 });
    fleet.clock.step(1_000);
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
  });
});

describe('closeThreshold: N', () => {
  test('closes at the Nth success in a row', async () => {
    const { breaker } = await halfOpen(3);
    await succeed(breaker, 2);
    expect(await breaker.state()).toBe('half-open');
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
  });

  test('reopens at the first failed trial, although N - 1 succeeded', async () => {
    const { fleet, breaker } = await halfOpen(3);
    const { generation } = await breaker.information();
    await succeed(breaker, 2);
    await fail(breaker);
    expect(await breaker.information()).toMatchObject({ state: 'open', openings: 2, generation });
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open', 'half-open>open']);
  });

  test('the failure of a round is not carried into the next one, nor are its successes', async () => {
    const { fleet, breaker } = await halfOpen(2);
    await succeed(breaker);
    await fail(breaker);
    fleet.clock.step(1_000);
    await succeed(breaker);
    expect(await breaker.state()).toBe('half-open');
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
  });

  test('one success closes where nothing is configured', async () => {
    const { breaker } = await halfOpen(undefined);
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
  });

  test('minimum calls don’t apply to trials', async () => {
    const { breaker } = await halfOpen(1);
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });
});
