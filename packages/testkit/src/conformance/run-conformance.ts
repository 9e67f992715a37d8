import { systemTime, type Time } from '../clock.js';
import { checks } from '../checks/checks.js';
import { clauses } from '../clauses/clauses.js';
import type { Check } from './check.js';
import { HarnessFault, type StorageHarness } from './harness/harness.js';
import { preflight, type Capabilities } from './preflight.js';
import type { CheckResult, ConformanceReport } from './report.js';
import { harnessResult, runCheck } from './run-check.js';

/** How many checks run at once, each on a store of its own. Those that disturb others run alone. */
const atOnce = 6;

/** How a run is narrowed, deepened or repeated. */
export interface ConformanceOptions {
  /** Only checks of these clauses: `['A3', 'S2']`. Default: all. */
  readonly only?: readonly string[] | undefined;
  /** How often each check runs, each time under the next seed. Default 1. */
  readonly repeat?: number | undefined;
  /** What repeats an earlier run. Default: another one each time. */
  readonly seed?: number | undefined;
  /** Told each result as it comes, with how many are done and to come. */
  readonly onResult?:
    ((result: CheckResult, progress: { readonly done: number; readonly all: number }) => void) | undefined;
}

/**
 * Runs the conformance suite against a backend, without any test runner.
 *
 * It never rejects for what the backend or the harness does: that is what the report tells.
 *
 * @throws RangeError for an option that makes no sense: an unknown clause, a repeat below 1, a seed that is no integer.
 */
export function runConformance(harness: StorageHarness, options: ConformanceOptions = {}): Promise<ConformanceReport> {
  return runOn(systemTime, harness, options);
}

/** The same on any time. */
export async function runOn(
  time: Time,
  harness: StorageHarness,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  const chosen = chosenChecks(options.only);
  const { repeat, seed } = checkedNumbers(options);
  const results: CheckResult[][] = chosen.map(() => []);
  let done = 0;
  const finish = (index: number, found: CheckResult[]): void => {
    results[index] = found;
    done += 1;
    for (const result of found) options.onResult?.(result, { done, all: chosen.length });
  };
  let capabilities: Capabilities;
  try {
    capabilities = await preflight(harness, time);
  } catch (error) {
    if (!(error instanceof HarnessFault)) throw error;
    const fault = harnessResult(error);
    const untold = chosen.map(({ clause, title }) => ({
      clause,
      title,
      outcome: 'skipped' as const,
      explanation: `the harness failed: ${error.message}`,
      duration: 0,
    }));
    for (const result of [fault, ...untold]) options.onResult?.(result, { done: 0, all: chosen.length });
    return { passed: false, seed, results: [fault, ...untold] };
  }
  const runOne = async (index: number): Promise<void> => {
    finish(index, await runCheck(chosen[index] as Check, harness, capabilities, { seed, repeat, time }));
  };
  const indices = chosen.map((_, index) => index);
  await pool(
    indices.filter((index) => chosen[index]?.alone !== true),
    atOnce,
    runOne,
  );
  await pool(
    indices.filter((index) => chosen[index]?.alone === true),
    1,
    runOne,
  );
  const all = results.flat();
  return { passed: all.every(({ outcome }) => outcome !== 'failed'), seed, results: all };
}

/** The checks of the clauses given; all of them for undefined. */
export function chosenChecks(only: readonly string[] | undefined): readonly Check[] {
  if (only === undefined) return checks;
  const unknown = only.filter((id) => !clauses.some((clause) => clause.id === id));
  if (unknown.length > 0 || only.length === 0) {
    const which = only.length === 0 ? 'no clause' : `unknown clauses: ${unknown.join(', ')}`;
    throw new RangeError(`\`only\` names ${which}. The clauses are ${clauses.map(({ id }) => id).join(', ')}.`);
  }
  return checks.filter((check) => only.includes(check.clause));
}

/** `repeat` and `seed`, with their defaults. */
export function checkedNumbers(options: ConformanceOptions): { readonly repeat: number; readonly seed: number } {
  const { repeat = 1, seed = systemTime.now() % 1_000_000_000 } = options;
  if (!Number.isSafeInteger(repeat) || repeat < 1)
    throw new RangeError(`\`repeat\` must be an integer from 1, not ${String(repeat)}.`);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`\`seed\` must be an integer from 0, not ${String(seed)}.`);
  return { repeat, seed };
}

async function pool(indices: readonly number[], size: number, run: (index: number) => Promise<void>): Promise<void> {
  const left = [...indices];
  const worker = async (): Promise<void> => {
    for (let index = left.shift(); index !== undefined; index = left.shift()) await run(index);
  };
  await Promise.all(Array.from({ length: size }, worker));
}
