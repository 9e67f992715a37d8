import { describe, expect, test } from '@jest/globals';
import type { FaultPlan, FleetPlan, JobPlan } from '../../src/simulation/plan/plan.js';
import { explainFleet, simulateFleet } from '../../src/simulation/simulate-fleet.js';
import { job, quiet } from './directed-plans.js';

/** Longest way of a request or an answer, ms: every await on the store ends on a millisecond of its own or shares one. */
const latency = 3;

const jobs: readonly JobPlan[] = [
  // It creates the record, trips, and later takes the trial; every one of its awaits is died at.
  { ...job, at: 0, duration: 5 },
  { ...job, at: 2, duration: 5, form: 'permit' },
  { ...job, at: 240, duration: 5, form: 'settle' },
  // The other one looks on, and meets what was left behind.
  { ...job, worker: 1, at: 20, duration: 5 },
  { ...job, worker: 1, at: 245, duration: 5 },
];

const plan: FleetPlan = {
  ...quiet,
  latency,
  jobs,
  faults: [{ kind: 'dependency', at: 0, length: 100, circuit: 0 }],
};

/** From the first call to the last answer: the trip, then the trial round. */
const moments = [...range(0, 40), ...range(238, 275)];

describe('A worker that dies', () => {
  test(`at any of ${moments.length} moments of a trip and a trial round leaves nothing that F1 to F8 forbid`, async () => {
    const stories = new Set<string>();
    for (const at of moments) {
      const crash: FaultPlan = { kind: 'crash', at, length: 3_000, worker: 0 };
      const report = await simulateFleet({ plan: { ...plan, faults: [...plan.faults, crash] } });
      if (!report.passed) throw new Error(explainFleet(report));
      stories.add(storyOf(report.trace));
    }
    // It died before its work, in it, before and after the trip, the round and the close: as many different stories.
    expect(stories.size).toBeGreaterThan(8);
  });
});

/** What was done, whenever it was. */
function storyOf(trace: string): string {
  return trace.replaceAll(/^ *\d+ ms/gm, '').replaceAll(/crash.*/g, 'crash');
}

function range(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, index) => from + index);
}
