import { describe, expect, test } from '@jest/globals';
import { anyOf, failureCount, failureRate, slowCallRate, type FactoryOptions } from '@circuitry/core';
import { fail, Fleet, isAdmitted, refusal, succeed } from '../breaker/support/fleet.js';
import { bounded, joinUnpushed, joinWarm, maxStaleness } from './support/bounded.js';

describe('Rate policies under bounded staleness', () => {
  const rate: Partial<FactoryOptions> = {
    ...bounded,
    trip: failureRate({ threshold: 0.5, minimumCalls: 10, window: '10s' }),
    allowAfter: '1h',
  };

  test('see the successes that waited: they go before the failure that asks', async () => {
    const fleet = new Fleet(rate);
    const { breaker } = await joinWarm(fleet);
    await succeed(breaker, 19);
    await fail(breaker, 19);
    expect(await breaker.information()).toMatchObject({ state: 'closed', window: { calls: 39, failures: 19 } });
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('see those of other workers once they are flushed', async () => {
    const fleet = new Fleet(rate);
    const [one, two] = [await joinWarm(fleet), joinUnpushed(fleet)];
    await succeed(one.breaker, 30);
    await one.factory.flush();
    await fail(two.breaker, 30);
    expect(await two.breaker.information()).toMatchObject({ state: 'closed', window: { calls: 61, failures: 30 } });
  });

  test('are asked when successes that waited complete the minimum of calls', async () => {
    const fleet = new Fleet({ ...rate, trip: failureRate({ threshold: 0.1, minimumCalls: 10, window: '10s' }) });
    const { breaker } = await joinWarm(fleet);
    await fail(breaker, 2);
    // This one ends the run of failures and is sent; the others wait.
    await succeed(breaker, 7);
    expect(await isAdmitted(breaker)).toBe(true);
    await fleet.clock.advance(maxStaleness);
    expect(fleet.changes).toEqual(['closed>open']);
    await refusal(breaker);
  });

  test('count a success in the bucket of its own time, however late it is flushed', async () => {
    const fleet = new Fleet({ ...rate, consistency: { maxStaleness: '20s' } });
    const { factory, breaker } = await joinWarm(fleet);
    await succeed(breaker, 5);
    fleet.clock.step(9_000);
    await succeed(breaker, 3);
    fleet.clock.step(3_000);
    await factory.flush();
    // The window is 10 s long: the first five, 12 s ago, have left it.
    expect(await breaker.information()).toMatchObject({ window: { calls: 3 }, totalSuccesses: 9 });
  });

  test('of the last calls count what waited as well', async () => {
    const fleet = new Fleet({
      ...bounded,
      trip: failureRate({ threshold: 0.5, minimumCalls: 10, window: { calls: 10 } }),
    });
    const { breaker } = await joinWarm(fleet);
    await succeed(breaker, 9);
    await fail(breaker, 4);
    expect(await breaker.information()).toMatchObject({ state: 'closed', window: { calls: 10, failures: 4 } });
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('may stand beside a limit of failures in a window, which successes do not lower', async () => {
    const trip = anyOf(
      failureCount({ threshold: 3, window: '10s' }),
      failureRate({ threshold: 0.9, minimumCalls: 5, window: '10s' }),
    );
    const fleet = new Fleet({ ...bounded, trip });
    const { breaker } = await joinWarm(fleet);
    for (let round = 0; round < 2; round += 1) {
      await fail(breaker);
      await succeed(breaker, 10);
    }
    expect(await breaker.state()).toBe('closed');
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });
});

describe('Slow calls under bounded staleness', () => {
  const slow: Partial<FactoryOptions> = {
    ...bounded,
    slowCallAfter: '2s',
    trip: slowCallRate({ threshold: 0.5, minimumCalls: 4, window: '1m' }),
    allowAfter: '1h',
  };

  async function lasting(fleet: Fleet, ms: number, breaker: ReturnType<Fleet['join']>['breaker']): Promise<void> {
    await breaker.execute(() => fleet.clock.step(ms));
  }

  test('wait as other successes do, and are counted slow: strictly longer than slowCallAfter', async () => {
    const fleet = new Fleet({ ...slow, consistency: { maxStaleness: '1m' } });
    const { factory, breaker, backend, events } = await joinWarm(fleet);
    await lasting(fleet, 1_999, breaker);
    await lasting(fleet, 2_000, breaker);
    expect((await fleet.counters())['total.slow'] ?? 0).toBe(0);
    await lasting(fleet, 2_001, breaker);
    expect(backend.calls).toEqual([]);
    await factory.flush();
    expect(await fleet.counters()).toMatchObject({ 'total.slow': 1, 'total.successes': 4 });
    expect(events.of('settled').map((event) => [event.duration, event.slow])).toEqual([
      [0, false],
      [1_999, false],
      [2_000, false],
      [2_001, true],
    ]);
  });

  test('are told apart where nobody listens, too', async () => {
    const fleet = new Fleet({ ...slow, consistency: { maxStaleness: '1m' } });
    const { factory, breaker } = fleet.join({}, 'c', false);
    await lasting(fleet, 2_000, breaker);
    await lasting(fleet, 2_001, breaker);
    await factory.flush();
    expect(await fleet.counters()).toMatchObject({ 'total.slow': 1, 'total.successes': 2 });
  });

  test('trip at the flush that brings enough of them', async () => {
    const fleet = new Fleet({ ...slow, consistency: { maxStaleness: '1m' } });
    const { factory, breaker } = await joinWarm(fleet);
    await lasting(fleet, 2_001, breaker);
    await succeed(breaker, 1);
    expect(fleet.changes).toEqual([]);
    await lasting(fleet, 2_001, breaker);
    await factory.flush();
    expect(fleet.changes).toEqual(['closed>open']);
  });
});

describe("counting: 'failures' under bounded staleness", () => {
  test('writes nothing for a healthy circuit, which has no record and leaves no timer', async () => {
    const fleet = new Fleet({ ...bounded, counting: 'failures' });
    const { factory, breaker, backend } = joinUnpushed(fleet);
    for (let step = 0; step < 100; step += 1) {
      await succeed(breaker, 3);
      await fleet.clock.advance(10);
    }
    await factory.flush();
    expect(new Set(backend.verbs)).toEqual(new Set(['retrieve']));
    expect(await fleet.record()).toBeNull();
    await fleet.clock.advance('2s');
    expect(fleet.clock.pending).toBe(0);
  });

  test('writes the success that ends a run of failures, and no other', async () => {
    const fleet = new Fleet({ ...bounded, counting: 'failures', failureCountThreshold: 3 });
    const { factory, breaker, backend } = await joinWarm(fleet);
    await fail(breaker, 2);
    backend.forget();
    await succeed(breaker, 5);
    await factory.flush();
    expect(backend.verbs).toEqual(['apply']);
    expect(await fleet.counters()).toMatchObject({ 'consecutive.failures': 0, 'total.successes': 1 });
    await fail(breaker, 3);
    expect(await breaker.state()).toBe('open');
  });
});
