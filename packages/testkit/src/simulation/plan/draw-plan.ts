import type { StorageFailurePolicy } from '@circuitry/core';
import { Random } from '../../concurrency/random.js';
import type { FaultPlan, FleetPlan, JobPlan, PlanOptions, SettingsPlan, WorkerPlan } from './plan.js';
import { withVariety } from './variety.js';

/** Draws a run. */
export function planFor(seed: number, options: PlanOptions): FleetPlan {
  const random = Random.of(seed, 'fleet');
  const storeGivesTime = random.chance(0.7);
  const settings = { ...drawSettings(random), ...options.settings };
  const shaken = options.faults === 'some';
  const workers = Array.from({ length: options.workers }, () => drawWorker(random, shaken && storeGivesTime));
  const drawn: FleetPlan = {
    seed,
    workers,
    circuits: options.circuits,
    storeGivesTime,
    latency: random.pick([0, 2, 10, 40]),
    length: options.length,
    settings,
    jobs: drawJobs(random, options).sort((a, b) => a.at - b.at),
    faults: [...drawDependency(random, options), ...(shaken ? drawFaults(random, options, storeGivesTime) : [])].sort(
      (a, b) => a.at - b.at,
    ),
  };
  return withVariety(Random.of(seed, 'variety'), drawn, options);
}

function drawSettings(random: Random): SettingsPlan {
  return {
    threshold: random.pick([1, 2, 3, 5]),
    closing: random.pick([1, 2, 3, { trials: 4, successRate: 0.5 }]),
    allowAfter: random.pick([200, 1_000, 3_000]),
    trialLease: random.pick([300, 1_000]),
    cyclicClearAfter: random.pick([null, null, 1_500]),
    maxStaleness: random.pick([null, null, 100, 400]),
    onStorageFailure: random.pick<StorageFailurePolicy>(['local', 'local', 'allow', 'throw']),
  };
}

function drawWorker(random: Random, off: boolean): WorkerPlan {
  if (!off || random.chance(0.5)) return { skew: 0, drift: 1 };
  return { skew: random.below(600_001) - 300_000, drift: 0.98 + random.next() * 0.04 };
}

/** Spread evenly, or in bursts of a few within some ms: races need company. */
function drawJobs(random: Random, options: PlanOptions): JobPlan[] {
  const inBursts = random.chance(0.6);
  const spread = random.pick([5, 50, 200]);
  let burst = 0;
  return Array.from({ length: options.jobs }, (_, index) => {
    if (!inBursts) return drawJob(random, options, random.below(options.length));
    if (index % 12 === 0) burst = random.below(options.length);
    return drawJob(random, options, Math.min(options.length - 1, burst + random.below(spread)));
  });
}

function drawJob(random: Random, options: PlanOptions, at: number): JobPlan {
  return {
    at,
    worker: random.below(options.workers),
    circuit: random.below(options.circuits),
    duration: random.pick([0, 1, 5, 20, 100, 700, 2_500]),
    form: random.pick(['execute', 'execute', 'settle', 'permit']),
    ignored: random.chance(0.08),
    abortAfter: random.chance(0.05) ? random.below(300) : null,
  };
}

/** Each circuit's dependency fails about half of the time, in stretches. */
function drawDependency(random: Random, options: PlanOptions): FaultPlan[] {
  const faults: FaultPlan[] = [];
  for (let circuit = 0; circuit < options.circuits; circuit += 1) {
    let at = random.below(1_000);
    while (at < options.length) {
      const length = 200 + random.below(3_000);
      faults.push({ kind: 'dependency', at, length, circuit });
      at += length + random.below(3_000);
    }
  }
  return faults;
}

function drawFaults(random: Random, options: PlanOptions, mayStepClocks: boolean): FaultPlan[] {
  const count = random.below(7);
  return Array.from({ length: count }, (): FaultPlan => {
    const at = random.below(options.length);
    const length = 50 + random.below(3_000);
    const worker = random.below(options.workers);
    const kinds = [
      'crash',
      'crash',
      'pause',
      mayStepClocks ? 'clock-step' : 'pause',
      'outage',
      'loss',
      'loss',
      'flush',
    ] as const;
    switch (random.pick(kinds)) {
      case 'crash':
        return { kind: 'crash', at, length, worker };
      case 'pause':
        return { kind: 'pause', at, length, worker };
      case 'clock-step':
        return { kind: 'clock-step', at, worker, by: random.below(120_001) - 60_000 };
      case 'outage':
        return { kind: 'outage', at, length, worker: random.chance(0.5) ? 'everybody' : worker };
      case 'loss':
        return { kind: 'loss', at, length, worker, chance: random.pick([0.1, 0.4, 0.9]) };
      case 'flush':
        return { kind: 'flush', at };
    }
  });
}
