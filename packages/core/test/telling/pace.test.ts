import { describe, expect, test } from '@jest/globals';
import type { FactoryOptions } from '@circuitry/core';
import { fail, Fleet, isAdmitted, refusal, t0, type Breaker } from '../breaker/support/fleet.js';

const once: Partial<FactoryOptions> = { failureCountThreshold: 1, retryJitter: 0 };

async function refusals(breaker: Breaker, times: number): Promise<(number | null)[]> {
  const told = [];
  for (let k = 0; k < times; k += 1) told.push((await refusal(breaker)).retryAfter);
  return told;
}

describe('retryPace', () => {
  test.each([{}, { consistency: { maxStaleness: 250 } }])(
    'brings 10,000 refused jobs of one tenant back one after the other: %j',
    async (more) => {
      const fleet = new Fleet({ ...once, ...more, retryPace: 20 });
      const { breaker, factory } = fleet.join();
      await fail(breaker);
      const comeBack: number[] = [];
      for (let k = 1; k <= 10_000; k += 1) {
        const settled = await breaker.settle(() => 1);
        if (settled.status !== 'refused' || typeof settled.retryAfter !== 'number') throw new Error(settled.status);
        comeBack.push(fleet.clock.now() + settled.retryAfter);
      }
      // In order, none before the circuit is due, and in each second as many as the pace says.
      expect(comeBack.every((at, index) => at === t0 + 60_000 + (index + 1) * 50)).toBe(true);
      const perSecond = new Map<number, number>();
      for (const at of comeBack)
        perSecond.set(Math.ceil((at - t0) / 1_000), (perSecond.get(Math.ceil((at - t0) / 1_000)) ?? 0) + 1);
      expect([...new Set(perSecond.values())]).toEqual([20]);
      expect(perSecond.size).toBe(500);
      await factory.close();
    },
  );

  test('spares most of the refusals that a herd would meet', async () => {
    const attempts = async (retryPace: number | null): Promise<number> => {
      const fleet = new Fleet({ ...once, retryPace });
      const { breaker } = fleet.join();
      await fail(breaker);
      // A queue: each job comes back when it was told to, and takes a second.
      const waiting = Array.from({ length: 100 }, () => fleet.clock.now());
      let refused = 0;
      let running = 0;
      const step = async (): Promise<void> => {
        waiting.sort((a, b) => a - b);
        while ((waiting[0] ?? Infinity) <= fleet.clock.now()) {
          waiting.shift();
          running += 1;
          void breaker
            .settle(() => new Promise<void>((resolve) => fleet.clock.after(1_000, resolve)))
            .then((settled) => {
              running -= 1;
              if (settled.status !== 'refused') return;
              refused += 1;
              waiting.push(fleet.clock.now() + (settled.retryAfter as number));
            });
        }
        await fleet.clock.advance(100);
      };
      while (waiting.length > 0 || running > 0) await step();
      return refused;
    };
    const herd = await attempts(null);
    const paced = await attempts(1);
    // All 100 once while it is open; as a herd 99 of them once more, beside the one trial.
    expect(herd).toBe(100 + 99);
    expect(paced).toBeLessThan(110);
  });

  test('counts each open period from the start, for each circuit by itself', async () => {
    const fleet = new Fleet({ ...once, retryPace: 2 });
    const { factory } = fleet.join();
    const a = factory.breakerFor('a');
    const b = factory.breakerFor('b');
    await fail(a);
    await fail(b);
    expect(await refusals(a, 3)).toEqual([60_500, 61_000, 61_500]);
    expect(await refusals(b, 1)).toEqual([60_500]);
    await fleet.clock.advance('60s');
    await fail(a);
    expect(await refusals(a, 2)).toEqual([60_500, 61_000]);
  });

  test('is by process: each reckons with its own refusals', async () => {
    const fleet = new Fleet({ ...once, retryPace: 1 });
    const one = fleet.join();
    const two = fleet.join();
    await fail(one.breaker);
    expect(await refusals(one.breaker, 2)).toEqual([61_000, 62_000]);
    expect(await refusals(two.breaker, 1)).toEqual([61_000]);
  });

  test('never makes a job too early: whoever comes back then may be admitted', async () => {
    const fleet = new Fleet({ ...once, retryPace: 1_000 });
    const { breaker } = fleet.join();
    await fail(breaker);
    const [wait] = await refusals(breaker, 1);
    await fleet.clock.advance(wait as number);
    expect(await isAdmitted(breaker)).toBe(true);
  });

  test('adds nothing by default', async () => {
    const fleet = new Fleet(once);
    const { breaker } = fleet.join();
    await fail(breaker);
    expect(await refusals(breaker, 3)).toEqual([60_000, 60_000, 60_000]);
  });

  test('adds nothing to a refusal without an end', async () => {
    const fleet = new Fleet({ ...once, retryPace: 1 });
    const { breaker } = fleet.join();
    await breaker.forceOpen();
    expect(await refusals(breaker, 2)).toEqual([null, null]);
  });

  test('remembers no more circuits than the process does', async () => {
    const fleet = new Fleet({ ...once, retryPace: 1, maxCircuits: 2 });
    const { factory } = fleet.join();
    for (const name of ['a', 'b', 'c']) {
      await fail(factory.breakerFor(name));
      expect(await refusals(factory.breakerFor(name), 1)).toEqual([61_000]);
    }
    // The oldest is forgotten: it begins anew.
    expect(await refusals(factory.breakerFor('c'), 1)).toEqual([62_000]);
    expect(await refusals(factory.breakerFor('a'), 1)).toEqual([61_000]);
  });
});

describe('trialRetryAfter', () => {
  test('is the most that a call beside running trials is told to wait: 5 s by default', async () => {
    const fleet = new Fleet(once);
    const { breaker } = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('60s');
    const trial = await breaker.start();
    const refused = await refusal(breaker);
    expect(refused).toMatchObject({ code: 'ERR_TOO_MANY_TRIALS', retryAfter: 5_000 });
    await trial.succeed();
    expect(await isAdmitted(breaker)).toBe(true);
  });

  test('may be set, and is never longer than what is left of the round', async () => {
    for (const [trialRetryAfter, expected] of [
      ['1s', 1_000],
      ['1h', 60_000],
    ] as const) {
      const fleet = new Fleet({ ...once, trialRetryAfter });
      const { breaker } = fleet.join();
      await fail(breaker);
      await fleet.clock.advance('60s');
      const trial = await breaker.start();
      expect((await refusal(breaker)).retryAfter).toBe(expected);
      await trial.succeed();
    }
  });
});

describe('retryJitter', () => {
  test.each([
    ['60s', 6_000],
    ['1h', 300_000],
    ['1d', 300_000],
    ['7d', 300_000],
  ] as const)('adds at most minutes to a pause of %s', async (allowAfter, most) => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter, random: () => 0.999_999_999 });
    const { breaker } = fleet.join();
    await fail(breaker);
    const { expiresAfter } = await breaker.information();
    const late = t0 + ((await refusal(breaker)).retryAfter as number) - Number(expiresAfter);
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThanOrEqual(most);
  });
});
