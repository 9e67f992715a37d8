import { describe, expect, jest, test } from '@jest/globals';
import type { FleetPlan } from '../../src/simulation/plan.js';
import { explainFleet, simulateFleet, type FleetReport } from '../../src/simulation/simulate-fleet.js';
import { coreMutants, plant, type CoreMutant } from './core-mutants.js';
import { endsAsARoundIsRenewed, endsOfTwoStates, startsBehindARead } from './directed-plans.js';

/** What random runs rarely find: found by a run made for it. */
const directed: Readonly<Record<string, FleetPlan>> = {
  'a retrieve is joined on the wire': startsBehindARead,
  'batches of mixed fences: late outcomes ride with current ones': endsOfTwoStates,
  'store without expect: a round takes the sample without looking whether it moved': endsAsARoundIsRenewed,
};

/** The bound is 2,000; the slowest of these dies before 100. */
const mostSeeds = 2_000;

const found = new Map<CoreMutant, Promise<FleetReport>>();

/** The first seed's run that breaks a rule; looked for once. */
function firstFailure(mutant: CoreMutant): Promise<FleetReport> {
  const known = found.get(mutant) ?? search(mutant);
  found.set(mutant, known);
  return known;
}

async function search(mutant: CoreMutant): Promise<FleetReport> {
  const core = await plant(mutant);
  const plan = directed[mutant.name];
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const report = await simulateFleet({
      core,
      shrink: false,
      ...(plan === undefined ? { seed } : { plan: { ...plan, seed } }),
    });
    if (!report.passed) return report;
  }
  throw new Error(`The mutant "${mutant.name}" lived through ${mostSeeds} seeds.`);
}

// A bound for what hangs: this computes for seconds, and for minutes on a machine that is busy with others.
jest.setTimeout(600_000);

describe('A fleet whose core is broken', () => {
  test.each(coreMutants)('is found out: $name', async (mutant) => {
    const report = await firstFailure(mutant);
    const broken = report.violations.map(({ rule }) => rule);
    expect(broken.some((rule) => mutant.breaks.includes(rule))).toBe(true);
  });

  test('is told with its seed, a smaller plan that still fails, and what happened', async () => {
    const mutant = coreMutants.find(({ name }) => name.startsWith('no new round')) as CoreMutant;
    const [core, whole] = [await plant(mutant), await firstFailure(mutant)];
    const small = await simulateFleet({ seed: whole.seed, core });
    expect(small.passed).toBe(false);
    expect(small.plan.jobs.length).toBeLessThan(whole.plan.jobs.length / 2);
    const words = explainFleet(small);
    expect(words).toContain(`seed ${whole.seed} broke F5`);
    expect(words).toContain('is still half-open');
    expect(words).toContain(`simulateFleet({ seed: ${whole.seed} })`);
    const again = await simulateFleet({ plan: small.plan, core, shrink: false });
    expect(again.violations.map(({ rule }) => rule)).toEqual(small.violations.map(({ rule }) => rule));
  });
});
