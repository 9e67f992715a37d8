import { Random } from '../../concurrency/random.js';
import type { FaultPlan, FleetPlan, JobPlan, PlanOptions, RulePlan, SettingsPlan, WorkerPlan } from './plan.js';

/** Of so many runs one is as plain as can be. */
const plain = 0.3;

/**
 * What many runs have on top of a plain one: other rules, windows, exclusive work, watching, few remembered circuits, workers
 * that disagree about the settings, windows included, as in a rolling deploy, operators, a dependency that says how long to wait, a store that
 * fails for one circuit alone.
 *
 * It draws from a stream of its own, so that what is plain in a run stays as its seed has always had it.
 */
export function withVariety(random: Random, plan: FleetPlan, { settings: fixed }: PlanOptions): FleetPlan {
  if (random.chance(plain)) return plan;
  const settings = { ...plan.settings, ...drawSettings(random), ...fixed };
  const faults = [...plan.faults, ...drawOperators(random, plan), ...drawCircuitOutages(random, plan)];
  return {
    ...plan,
    settings,
    workers: drawDeploy(random, { ...plan, settings }),
    jobs: drawWaits(random, plan.jobs),
    faults: faults.sort((a, b) => a.at - b.at),
  };
}

function drawSettings(random: Random): Partial<SettingsPlan> {
  const rule = random.pick([null, null, ...rules]);
  return {
    ...(rule !== null && { rule }),
    ...(rule === null && random.chance(0.3) && { counting: 'failures' as const }),
    ...(random.chance(0.15) && { exclusive: true }),
    ...(random.chance(0.3) && { watches: true }),
    ...(random.chance(0.3) && { maxCircuits: 1 }),
  };
}

const rules: readonly RulePlan[] = [
  { kind: 'rate', threshold: 0.5, minimumCalls: 4, window: 2_000 },
  { kind: 'rate', threshold: 0.7, minimumCalls: 3, window: { calls: 10 } },
  { kind: 'count', threshold: 3, window: 3_000 },
];

/** Half of the fleet may run the next version's settings. */
function drawDeploy(random: Random, { seed, workers, settings }: FleetPlan): readonly WorkerPlan[] {
  if (random.chance(0.7)) return workers;
  const next = {
    threshold: random.pick([1, 2, 4]),
    allowAfter: random.pick([300, 2_000]),
    trialLease: random.pick([300, 2_000]),
    closing: random.pick([1, 3]),
    ...drawNextRule(Random.of(seed, 'the rule of the next version'), settings),
  };
  return workers.map((worker, index) => (index % 2 === 1 ? { ...worker, settings: next } : worker));
}

/** Most deploys change the rule and its windows; from a stream of its own, so that the rest of a run stays as it was. */
function drawNextRule(random: Random, { rule, counting }: SettingsPlan): Pick<SettingsPlan, 'rule'> {
  if (counting === 'failures' || random.chance(0.3)) return {};
  const others = [...rules, ...nextRules].filter((each) => each !== rule);
  return { rule: random.pick(others) };
}

/** The rules above with other windows, of time and of calls, and one in the place of the other. */
const nextRules: readonly RulePlan[] = [
  { kind: 'rate', threshold: 0.5, minimumCalls: 4, window: 5_000 },
  { kind: 'rate', threshold: 0.5, minimumCalls: 4, window: { calls: 6 } },
  { kind: 'rate', threshold: 0.7, minimumCalls: 3, window: { calls: 30 } },
  { kind: 'rate', threshold: 0.7, minimumCalls: 3, window: 1_000 },
  { kind: 'count', threshold: 3, window: 700 },
];

function drawWaits(random: Random, jobs: readonly JobPlan[]): readonly JobPlan[] {
  if (random.chance(0.7)) return jobs;
  return jobs.map((job) => (random.chance(0.2) ? { ...job, openFor: random.pick([150, 900, 2_500]) } : job));
}

function drawOperators(random: Random, plan: FleetPlan): FaultPlan[] {
  if (random.chance(0.75)) return [];
  return Array.from({ length: 1 + random.below(3) }, (): FaultPlan => {
    return {
      kind: 'operator',
      at: random.below(plan.length),
      length: 100 + random.below(2_500),
      worker: random.below(plan.workers.length),
      circuit: random.below(plan.circuits),
      does: random.pick(['forceOpen', 'forceClosed', 'trip']),
    };
  });
}

/** A throttled partition, a record that can't be read: it concerns one circuit. */
function drawCircuitOutages(random: Random, plan: FleetPlan): FaultPlan[] {
  if (random.chance(0.75)) return [];
  return Array.from({ length: 1 + random.below(2) }, (): FaultPlan => {
    return {
      kind: 'circuit-outage',
      at: random.below(plan.length),
      length: 200 + random.below(3_000),
      circuit: random.below(plan.circuits),
      reads: random.chance(0.5),
    };
  });
}
