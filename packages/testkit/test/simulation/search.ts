import type { FleetPlan } from '../../src/simulation/plan/plan.js';
import { explainFleet, simulateFleet, type FleetReport } from '../../src/simulation/simulate-fleet.js';
import type { CoreUnderTest } from '../../src/simulation/world.js';
import { endsAsARoundIsRenewed, endsOfTwoStates, startsBehindARead } from './directed-plans.js';

/** What random runs rarely find: found by a run made for it. */
const directed: Readonly<Record<string, FleetPlan>> = {
  'a retrieve is joined on the wire': startsBehindARead,
  'batches of mixed fences: late outcomes ride with current ones': endsOfTwoStates,
  'store without expect: a round takes the sample without looking whether it moved': endsAsARoundIsRenewed,
};

/** The first of so many seeds whose run breaks a rule, and what it broke. */
export interface Found {
  readonly seed: number;
  readonly broken: readonly string[];
}

/** Null: the mutant lives. */
export async function search(name: string, core: CoreUnderTest, mostSeeds: number): Promise<Found | null> {
  const plan = directed[name];
  for (let seed = 1; seed <= mostSeeds; seed += 1) {
    const start = plan === undefined ? { seed } : { plan: { ...plan, seed } };
    const report = await simulateFleet({ core, shrink: false, ...start });
    if (!report.passed) return { seed, broken: rulesOf(report) };
  }
  return null;
}

/** What whoever meets a failure is told of it. */
export interface Story {
  readonly broken: readonly string[];
  /** How many jobs the run had, and how many are left of them. */
  readonly jobs: number;
  readonly jobsLeft: number;
  readonly words: string;
  /** What the smaller plan breaks when it is run by itself. */
  readonly brokenAgain: readonly string[];
}

export async function tell(core: CoreUnderTest, seed: number): Promise<Story> {
  const whole = await simulateFleet({ core, seed, shrink: false });
  const small = await simulateFleet({ core, seed });
  const again = await simulateFleet({ core, plan: small.plan, shrink: false });
  return {
    broken: rulesOf(small),
    jobs: whole.plan.jobs.length,
    jobsLeft: small.plan.jobs.length,
    words: explainFleet(small),
    brokenAgain: rulesOf(again),
  };
}

function rulesOf({ violations }: FleetReport): string[] {
  return violations.map(({ rule }) => rule);
}
