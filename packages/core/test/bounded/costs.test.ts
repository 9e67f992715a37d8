import { describe, expect, test } from '@jest/globals';
import { fail, Fleet, refusal, succeed } from '../breaker/support/fleet.js';
import { bounded, joinUnpushed, joinWarm, maxStaleness, slowly } from './support/bounded.js';

describe('A hot circuit', () => {
  /** 10,000 calls in 2 s. */
  async function load(latency: number): Promise<Record<string, number>> {
    const fleet = new Fleet(bounded);
    const worker = joinUnpushed(fleet);
    if (latency > 0) worker.backend.conduct = slowly(fleet, latency);
    const calls: Promise<unknown>[] = [];
    for (let step = 0; step < 200; step += 1) {
      for (let call = 0; call < 50; call += 1) calls.push(worker.breaker.execute(() => call));
      await fleet.clock.advance(10);
    }
    await fleet.clock.advance('1s');
    await Promise.all(calls);
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 10_000 });
    return {
      reads: worker.backend.count('retrieve'),
      writes: worker.backend.count('apply') + worker.backend.count('store'),
    };
  }

  const periods = 2_000 / maxStaleness;

  test.each([0, 20, 60])(
    'costs at most one read and two merged writes per maxStaleness, whatever the calls (store %s ms away)',
    async (latency) => {
      const { reads, writes } = await load(latency);
      // The calls that begin together at first: one reads, the others share the next.
      expect(reads).toBeLessThanOrEqual(periods + 2);
      expect(writes).toBeLessThanOrEqual(2 * periods);
    },
  );

  test('that fails now and then sends each failure, and merges everything between them', async () => {
    const fleet = new Fleet({ ...bounded, failureCountThreshold: 1_000 });
    const { breaker, backend } = await joinWarm(fleet);
    for (let round = 0; round < 3; round += 1) {
      await succeed(breaker, 20);
      await fail(breaker);
      // The first success after a failure is news: it ends the run of failures.
      await succeed(breaker, 20);
    }
    expect(backend.verbs).toEqual(Array(6).fill('apply'));
    expect(await fleet.counters()).toMatchObject({ 'total.failures': 3 });
  });
});

describe('An open circuit', () => {
  test('costs no write and a read per half of maxStaleness, however many calls are refused', async () => {
    const fleet = new Fleet({ ...bounded, failureCountThreshold: 1, allowAfter: '1h' });
    const { breaker, backend } = await joinWarm(fleet);
    await fail(breaker);
    backend.forget();
    for (let step = 0; step < 100; step += 1) {
      for (let call = 0; call < 10; call += 1) await refusal(breaker);
      await fleet.clock.advance(10);
    }
    expect(backend.count('retrieve')).toBeLessThanOrEqual(2 * (1_000 / maxStaleness));
    expect(backend.verbs).toEqual(Array(backend.count('retrieve')).fill('retrieve'));
  });
});

describe('An idle circuit', () => {
  test('costs nothing and leaves no timer, once what waited is sent', async () => {
    const fleet = new Fleet(bounded);
    const { breaker, backend } = await joinWarm(fleet);
    await succeed(breaker, 3);
    await fleet.clock.advance('5s');
    expect(backend.verbs).toEqual(['apply']);
    backend.forget();
    await fleet.clock.advance('1d');
    expect(backend.calls).toEqual([]);
    expect(fleet.clock.pending).toBe(0);
  });

  test('has no timer of its own while others wait: one flush timer serves the process', async () => {
    const fleet = new Fleet(bounded);
    const { factory, backend } = joinUnpushed(fleet);
    for (let tenant = 0; tenant < 50; tenant += 1) await succeed(factory.breakerFor(`t${tenant}`, {}));
    // The flush, and the deadline that all the reads share.
    expect(fleet.clock.pending).toBeLessThanOrEqual(2);
    await fleet.clock.advance('2s');
    expect(backend.count('store')).toBe(50);
    expect(fleet.clock.pending).toBe(0);
  });
});
