import { describe, expect, test } from '@jest/globals';
import { explainFleet, simulateFleet } from '../../src/simulation/simulate-fleet.js';
import { endsAsARoundIsRenewed, endsOfTwoStates, startsBehindARead } from './directed-plans.js';

/** Enough to meet every kind of fault many times; the script runs 10,000. */
const seeds = 500;

describe('A simulated fleet', () => {
  test(`keeps F1 to F8 under ${seeds} seeds, half of which trip and close circuits many times`, async () => {
    let calls = 0;
    let transitions = 0;
    for (let seed = 1; seed <= seeds; seed += 1) {
      const report = await simulateFleet({ seed });
      if (!report.passed) throw new Error(explainFleet(report));
      calls += report.happened.calls;
      transitions += report.happened.transitions;
    }
    expect(calls).toBeGreaterThan(seeds * 20);
    expect(transitions).toBeGreaterThan(seeds * 4);
  });

  test('runs the same way twice for one seed', async () => {
    const [first, second] = [await simulateFleet({ seed: 7 }), await simulateFleet({ seed: 7 })];
    expect(second.trace).toBe(first.trace);
    expect(first.trace).not.toBe((await simulateFleet({ seed: 8 })).trace);
  });

  test.each([
    ['starts behind a read on the wire', startsBehindARead],
    ['ends of two states at once', endsOfTwoStates],
    ['trials that end as a round is renewed', endsAsARoundIsRenewed],
  ])('keeps the rules in a directed run: %s', async (_, plan) => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const report = await simulateFleet({ plan: { ...plan, seed } });
      if (!report.passed) throw new Error(explainFleet(report));
    }
  });
});
