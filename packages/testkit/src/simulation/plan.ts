import type { StorageFailurePolicy } from '@circuitry/core';
import { Random } from '../concurrency/random.js';
import { withVariety } from './variety.js';

/** A worker's machine. */
export interface WorkerPlan {
  /** How far its clock is off at the start, ms. */
  readonly skew: number;
  /** How fast its clock runs: 1.01 gains a hundredth. */
  readonly drift: number;
  /** What its factory is given instead of the fleet's: the next version's, in a rolling deploy. */
  readonly settings?: Partial<Pick<SettingsPlan, 'threshold' | 'closing' | 'allowAfter' | 'trialLease'>>;
}

/** One job: a call to the dependency, protected. */
export interface JobPlan {
  /** When it lands on its worker, ms from the start. */
  readonly at: number;
  /** Who does it. */
  readonly worker: number;
  /** Behind which circuit. */
  readonly circuit: number;
  /** How long its work takes, ms. */
  readonly duration: number;
  /** By which of the ways in. */
  readonly form: 'execute' | 'settle' | 'permit';
  /** Whether its error, or its value, says nothing about the dependency. */
  readonly ignored: boolean;
  /** When its caller gives up, ms after it landed; null: never. */
  readonly abortAfter: number | null;
  /** How long the dependency says to wait where it fails, ms. Default: it doesn't. */
  readonly openFor?: number;
}

/** Something that goes wrong for a while, or once. */
export type FaultPlan =
  /** The dependency of one circuit fails. */
  | { readonly kind: 'dependency'; readonly at: number; readonly length: number; readonly circuit: number }
  /** A worker's process dies at once, with everything it had begun; another takes its place after `length`. */
  | { readonly kind: 'crash'; readonly at: number; readonly length: number; readonly worker: number }
  /** A worker's process stands still: a long garbage collection, a suspended machine. */
  | { readonly kind: 'pause'; readonly at: number; readonly length: number; readonly worker: number }
  /** A worker's clock is set. */
  | { readonly kind: 'clock-step'; readonly at: number; readonly worker: number; readonly by: number }
  /** A worker can't reach the store; `everybody`: nobody can. */
  | { readonly kind: 'outage'; readonly at: number; readonly length: number; readonly worker: number | 'everybody' }
  /** Requests or answers of a worker get lost, each with this chance. */
  | {
      readonly kind: 'loss';
      readonly at: number;
      readonly length: number;
      readonly worker: number;
      readonly chance: number;
    }
  /** The store forgets everything. */
  | { readonly kind: 'flush'; readonly at: number }
  /** The store refuses the writes of one circuit, or its reads as well: the others are to notice nothing. */
  | {
      readonly kind: 'circuit-outage';
      readonly at: number;
      readonly length: number;
      readonly circuit: number;
      readonly reads: boolean;
    }
  /** An operator's hand, by way of one worker, for `length` ms. */
  | {
      readonly kind: 'operator';
      readonly at: number;
      readonly length: number;
      readonly worker: number;
      readonly circuit: number;
      readonly does: 'forceOpen' | 'forceClosed' | 'trip';
    };

/** How circuits trip, where not by so many failures in a row. Windows in ms, or of so many calls. */
export type RulePlan =
  | {
      readonly kind: 'rate';
      readonly threshold: number;
      readonly minimumCalls: number;
      readonly window: number | { readonly calls: number };
    }
  | { readonly kind: 'count'; readonly threshold: number; readonly window: number };

/** What the fleet's factories are given. */
export interface SettingsPlan {
  /** Failures in a row that open a circuit. */
  readonly threshold: number;
  /** What closes it: `closeThreshold`. */
  readonly closing: number | { readonly trials: number; readonly successRate: number };
  /** How long it stays open, ms. */
  readonly allowAfter: number;
  /** After which silence a trial is given up, ms. */
  readonly trialLease: number;
  /** When counts start afresh, ms; null: never. */
  readonly cyclicClearAfter: number | null;
  /** ms; null: strict. */
  readonly maxStaleness: number | null;
  /** What happens while the store is down. */
  readonly onStorageFailure: StorageFailurePolicy;
  /** Default: `threshold` failures in a row. */
  readonly rule?: RulePlan;
  /** Default `'all'`. */
  readonly counting?: 'all' | 'failures';
  /** One job at a time per circuit. Default false. */
  readonly exclusive?: boolean;
  /** Whether the store pushes what is stored. Default false. */
  readonly watches?: boolean;
  /** How many circuits a worker remembers. Default: all. */
  readonly maxCircuits?: number;
}

/** A whole run as data: a seed makes one, a failing one is made smaller. */
export interface FleetPlan {
  /** What chance goes by. */
  readonly seed: number;
  /** Each worker's clock. */
  readonly workers: readonly WorkerPlan[];
  /** How many circuits there are. */
  readonly circuits: number;
  /** Whether answers carry the store's clock. Without it workers' clocks agree, as the documents demand. */
  readonly storeGivesTime: boolean;
  /** The longest way of a request or an answer, ms. */
  readonly latency: number;
  /** How long the fleet runs before everything is mended, ms. */
  readonly length: number;
  /** What all workers run with. */
  readonly settings: SettingsPlan;
  /** What is done, and when. */
  readonly jobs: readonly JobPlan[];
  /** What goes wrong, and when. */
  readonly faults: readonly FaultPlan[];
}

/** What a plan is drawn from. */
export interface PlanOptions {
  readonly workers: number;
  readonly jobs: number;
  readonly circuits: number;
  /** ms */
  readonly length: number;
  /** `'none'`: only the dependency fails (F2 is checked). `'some'`: crashes, pauses, losses, outages too. */
  readonly faults: 'none' | 'some';
  readonly settings: Partial<SettingsPlan>;
}

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

/** What a worker's factory is given. */
export function settingsOf(plan: FleetPlan, place: number): SettingsPlan {
  return { ...plan.settings, ...plan.workers[place]?.settings };
}

/** The same of every worker. */
export function allSettings(plan: FleetPlan): readonly SettingsPlan[] {
  return plan.workers.map((_, place) => settingsOf(plan, place));
}

/** The least failures that open a circuit, whoever of the workers looks. */
export function fewestFailures(plan: FleetPlan): number {
  const { rule } = plan.settings;
  if (rule === undefined) return Math.min(...allSettings(plan).map(({ threshold }) => threshold));
  return rule.kind === 'count' ? rule.threshold : Math.ceil(rule.threshold * rule.minimumCalls);
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

/** How old a view may be that lets a call in, true ms. */
export function stalenessOf({ settings, faults }: FleetPlan): number {
  if (settings.maxStaleness === null) return 0;
  // A clock that is set makes a view look younger than it is, by as much: the documents say so.
  const steps = faults.reduce((sum, fault) => sum + (fault.kind === 'clock-step' ? Math.abs(fault.by) : 0), 0);
  return settings.maxStaleness * 1.05 + 2 + steps;
}
