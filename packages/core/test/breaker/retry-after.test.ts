import { describe, expect, test } from '@jest/globals';
import type { FactoryOptions } from '@circuitry/core';
import { fail, Fleet, refusal } from './support/fleet.js';

async function retryAfter(options: Partial<FactoryOptions>): Promise<number | null> {
  const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '100s', ...options });
  const { breaker } = fleet.join();
  await fail(breaker);
  return (await refusal(breaker)).retryAfter;
}

describe('retryAfter', () => {
  test('is what is left, plus up to a tenth where nothing is configured', async () => {
    expect(await retryAfter({ random: () => 0 })).toBe(100_000);
    expect(await retryAfter({ random: () => 0.5 })).toBe(105_000);
    expect(await retryAfter({ random: () => 0.999_999 })).toBeLessThanOrEqual(110_000);
  });

  test.each([
    [0, 100_000],
    [0.5, 125_000],
    [1, 150_000],
  ])('with a retryJitter of %d and chance at a half is %d', async (retryJitter, ms) => {
    expect(await retryAfter({ retryJitter, random: () => 0.5 })).toBe(ms);
  });

  test('never takes off: whoever comes back then is admitted', async () => {
    for (const chance of [0, 0.1, 0.9])
      expect(await retryAfter({ random: () => chance })).toBeGreaterThanOrEqual(100_000);
  });

  test('spreads the jobs that are refused in one moment', async () => {
    let seed = 0;
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '100s', random: () => (seed = (seed + 0.37) % 1) });
    const { breaker } = fleet.join();
    await fail(breaker);
    const waits = new Set<number | null>();
    for (let job = 0; job < 20; job += 1) waits.add((await refusal(breaker)).retryAfter);
    expect(waits.size).toBeGreaterThan(10);
  });

  test('is a whole number of ms', async () => {
    expect(await retryAfter({ random: () => 1 / 3, allowAfter: 1_001 })).toBe(Math.ceil(1_001 * (1 + 0.1 / 3)));
  });
});
