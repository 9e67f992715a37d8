import * as core from '@circuitry/core';
import type { StorageBackend } from '@circuitry/core';
import type { VirtualClock } from '@circuitry/core/testing';
import { planFor } from './plan/draw-plan.js';
import type { FleetPlan, SettingsPlan } from './plan/plan.js';
import { runPlan, type PlanResult } from './run-plan.js';
import { shrink } from './plan/shrink.js';
import type { Violation } from './rules/violations.js';
import type { CoreUnderTest } from './world.js';

/** What `simulateFleet` takes. All of it has a default. */
export interface FleetOptions {
  /** What the run is drawn from: the same seed, the same run. Default 1. */
  readonly seed?: number;
  /** Processes. Default 3. */
  readonly workers?: number;
  /** Calls in all. Default 60. */
  readonly jobs?: number;
  /** Default 2. */
  readonly circuits?: number;
  /** How long the fleet runs before everything is mended, ms of virtual time. Default 12,000. */
  readonly length?: number;
  /** `'some'`: crashes, pauses, clocks that are off, losses, outages, flushes. `'none'`: the dependency alone fails. Default by seed. */
  readonly faults?: 'none' | 'some';
  /** What is not drawn from the seed. */
  readonly settings?: Partial<SettingsPlan>;
  /** A run by hand, in place of a drawn one. */
  readonly plan?: FleetPlan;
  /** The store, on the run's clock. Each call must take effect in one step. Default: a MemoryBackend. */
  readonly backend?: (clock: VirtualClock) => StorageBackend;
  /** The core under test. Default: the installed one. */
  readonly core?: CoreUnderTest;
  /** Whether a failing run is made smaller. Default true. */
  readonly shrink?: boolean;
}

/** What a run came to. */
export interface FleetReport {
  /** Runs the same fleet again. */
  readonly seed: number;
  /** Whether every invariant held. */
  readonly passed: boolean;
  /** Each invariant that did not hold, and where. */
  readonly violations: readonly Violation[];
  /** The run, or the smallest one that still fails. */
  readonly plan: FleetPlan;
  /** Its story, a line an event. */
  readonly trace: string;
  /** What took place, counted. */
  readonly happened: PlanResult['happened'];
}

/**
 * Runs a whole fleet on virtual time: the real core in every worker, clocks that differ, processes that die at any
 * await, a store that loses requests and answers, and the rules F1 to F8 looked at with every step.
 */
export async function simulateFleet(options: FleetOptions = {}): Promise<FleetReport> {
  const seed = options.seed ?? options.plan?.seed ?? 1;
  const plan = options.plan ?? planFor(seed, drawnFrom(seed, options));
  const run = (candidate: FleetPlan): Promise<PlanResult> => runPlan(candidate, options.core ?? core, options.backend);
  const first = await run(plan);
  if (first.violations.length === 0) return { seed, passed: true, plan, ...first };
  const rules = new Set(first.violations.map(({ rule }) => rule));
  const breaksSameRule = async (candidate: FleetPlan): Promise<boolean> =>
    (await run(candidate)).violations.some(({ rule }) => rules.has(rule));
  const smallest = options.shrink === false ? plan : await shrink(plan, breaksSameRule);
  const shown = smallest === plan ? first : await run(smallest);
  return { seed, passed: false, plan: smallest, ...shown };
}

/** A failed run as a person reads it: what broke, how to repeat it, and what happened. */
export function explainFleet(report: FleetReport): string {
  if (report.passed) return `seed ${report.seed}: all rules held`;
  const { plan } = report;
  return [
    `seed ${report.seed} broke ${report.violations.map(({ rule, at, message }) => `${rule} at ${Math.round(at)} ms: ${message}`).join('; ')}`,
    `repeat: simulateFleet({ seed: ${report.seed} }), or with the plan below`,
    `settings: ${JSON.stringify(plan.settings)}, latency ${plan.latency} ms, store ${plan.storeGivesTime ? 'gives' : 'does not give'} its time`,
    `plan: ${JSON.stringify(plan)}`,
    'what happened:',
    report.trace,
  ].join('\n');
}

function drawnFrom(seed: number, options: FleetOptions): Parameters<typeof planFor>[1] {
  const { workers = 3, jobs = 60, circuits = 2, length = 12_000, settings = {} } = options;
  return { workers, jobs, circuits, length, settings, faults: options.faults ?? (seed % 3 === 0 ? 'none' : 'some') };
}
