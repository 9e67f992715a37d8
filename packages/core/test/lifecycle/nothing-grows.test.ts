import { describe, expect, test } from '@jest/globals';
import { failureRate, slowCallRate, type FactoryOptions } from '@circuitry/core';
import { Fleet, type Breaker } from '../breaker/support/fleet.js';

/** Many calls, one in ten of which fails: a healthy circuit. */
async function traffic(fleet: Fleet, breaker: Breaker, calls: number, pause = 0): Promise<void> {
  for (let call = 0; call < calls; call += 1) {
    await breaker.settle(() => (call % 10 === 0 ? Promise.reject(new Error('x')) : 1));
    if (pause > 0) await fleet.clock.advance(pause);
  }
}

const ofCalls = (calls: number): Partial<FactoryOptions> => ({
  trip: failureRate({ threshold: 0.9, minimumCalls: Math.min(20, calls), window: { calls } }),
});
const ofTime = (window: '10s' | '30s' | '60s'): Partial<FactoryOptions> => ({
  trip: failureRate({ threshold: 0.9, window }),
});

/** The names of a fresh circuit's counters after the same traffic. */
async function freshNames(options: Partial<FactoryOptions>, calls: number, pause: number): Promise<number> {
  const fleet = new Fleet();
  await traffic(fleet, fleet.join(options).breaker, calls, pause);
  return Object.keys(await fleet.counters()).length;
}

describe('Counters of windows that are no longer in the settings go', () => {
  test('eight deploys, each with another window of calls, leave as many counters as the last alone', async () => {
    const fleet = new Fleet();
    for (const calls of [10, 15, 20, 25, 30, 40, 50]) {
      const { breaker, factory } = fleet.join(ofCalls(calls));
      await traffic(fleet, breaker, 3 * calls);
      await factory.close();
    }
    const { breaker, factory } = fleet.join(ofCalls(100));
    await traffic(fleet, breaker, 300);
    expect(Object.keys(await fleet.counters()).length).toBeLessThanOrEqual(await freshNames(ofCalls(100), 300, 0));
    await factory.close();
  });

  test.each([
    ['a window of calls, then one of time', ofCalls(50), ofTime('10s')],
    ['a window of time, then one of calls', ofTime('60s'), ofCalls(50)],
    ['a window of time, then a shorter one', ofTime('60s'), ofTime('30s')],
    ['a window of calls, then none', ofCalls(50), { failureCountThreshold: 50 }],
    ['a window of time, then none', ofTime('60s'), { failureCountThreshold: 50 }],
  ] as [string, Partial<FactoryOptions>, Partial<FactoryOptions>][])('%s', async (_what, before, after) => {
    const fleet = new Fleet();
    const old = fleet.join(before);
    await traffic(fleet, old.breaker, 100, 500);
    await old.factory.close();
    const { breaker } = fleet.join(after);
    await traffic(fleet, breaker, 300, 500);
    expect(Object.keys(await fleet.counters()).length).toBeLessThanOrEqual(await freshNames(after, 400, 500));
  });

  test('a slow-call window that goes takes its counters with it', async () => {
    const fleet = new Fleet();
    const before: Partial<FactoryOptions> = {
      slowCallAfter: '1s',
      trip: slowCallRate({ threshold: 0.9, minimumCalls: 10, window: { calls: 30 } }),
    };
    const old = fleet.join(before);
    await traffic(fleet, old.breaker, 60);
    await old.factory.close();
    await traffic(fleet, fleet.join(ofCalls(50)).breaker, 150);
    expect(Object.keys(await fleet.counters()).length).toBeLessThanOrEqual(await freshNames(ofCalls(50), 150, 0));
  });
});

describe('While a deploy rolls, workers with the old window and with the new one count, each in its own', () => {
  test.each([
    ['from 20 calls to 50', ofCalls(20), ofCalls(50)],
    ['from 200 calls to 20', ofCalls(200), ofCalls(20)],
    ['from calls to a time', ofCalls(50), ofTime('60s')],
    ['from calls to failures in a row', ofCalls(50), { failureCountThreshold: 1_000 }],
  ] as [string, Partial<FactoryOptions>, Partial<FactoryOptions>][])(
    '%s: each window fills',
    async (_what, before, after) => {
      const fleet = new Fleet();
      const workers = [before, before, after, after].map((options) => fleet.join(options).breaker);
      const filled = async (place: number): Promise<number> =>
        (await workers[place]?.information())?.window?.calls ?? 0;
      for (let call = 0; call < 500; call += 1) {
        await workers[call % 4]?.settle(() => (call % 10 < 4 ? Promise.reject(new Error('x')) : 1));
        await fleet.clock.advance(10);
      }
      const alone = new Fleet();
      const [one, other] = [alone.join(before).breaker, new Fleet().join(after).breaker];
      for (let call = 0; call < 250; call += 1) for (const each of [one, other]) await each.settle(() => 1);
      expect(await filled(0)).toBe((await one.information()).window?.calls ?? 0);
      expect(await filled(3)).toBe((await other.information()).window?.calls ?? 0);
    },
  );

  test.each([
    ['old', 0, 1],
    ['new', 1, 0],
  ])('and either rate opens the circuit for all: that of the %s workers', async (_whose, failing, healthy) => {
    const trip = (calls: number): Partial<FactoryOptions> => ({
      trip: failureRate({ threshold: 0.5, minimumCalls: 40, window: { calls } }),
    });
    const fleet = new Fleet();
    const workers = [fleet.join(trip(40)).breaker, fleet.join(trip(60)).breaker] as const;
    for (let call = 0; call < 39; call += 1) {
      await workers[healthy]?.settle(() => 1);
      await workers[failing]?.settle(() => Promise.reject(new Error('x')));
    }
    expect(await workers[0].state()).toBe('closed');
    await workers[failing]?.settle(() => Promise.reject(new Error('x')));
    expect(await workers[0].state()).toBe('open');
    expect(await workers[1].state()).toBe('open');
  });
});

describe('A factory holds nothing for a circuit that is at rest', () => {
  test.each([
    {},
    { consistency: { maxStaleness: 250 } },
    { exclusive: true },
    { workTimeout: '1s' },
    { retryPace: 5 },
  ] as Partial<FactoryOptions>[])('no timer: %j', async (options) => {
    const fleet = new Fleet({ failureCountThreshold: 1, ...options });
    const { factory } = fleet.join();
    for (let tenant = 0; tenant < 100; tenant += 1) {
      const breaker = factory.breakerFor(`tenant-${tenant}`);
      await breaker.settle(() => 1);
      await breaker.settle(() => Promise.reject(new Error('x')));
      await breaker.settle(() => 1);
    }
    await fleet.clock.advance('2s');
    expect(fleet.clock.pending).toBe(0);
    await factory.close();
  });
});
