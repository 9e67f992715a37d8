import { z } from 'zod';
import { BadInput, describeIssues } from './bad-input.mjs';
import { duration } from './duration.mjs';
import { readText } from './read-text.mjs';

const positive = duration.refine((ms) => ms >= 1, 'must be at least 1 ms');
const share = z.number().gt(0).max(1);
const span = { from: duration, until: duration, share: share.default(1) };

/** What is wrong with a tenant's endpoint, from when until when, and for which share of its calls. */
const fault = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('hang'), ...span }),
    z.strictObject({ kind: z.literal('fail'), after: duration.default(500), ...span }),
    z.strictObject({ kind: z.literal('slow'), times: z.number().gt(1), ...span }),
  ])
  .refine(({ from, until }) => until > from, { path: ['until'], message: 'must be later than "from"' });

export const scenarioSchema = z.strictObject({
  title: z.string().min(1).max(200).default('Job queue'),
  /** How many seconds of the story pass in one of yours. */
  timeScale: z.number().min(1).max(100).default(25),
  workers: z
    .strictObject({ processes: z.int().min(1).max(16).default(3), jobsEach: z.int().min(1).max(64).default(16) })
    .prefault({}),
  /**
   * Which share of the jobs is played, with that share of the workers' places, where circuits live in that backend: what
   * a store and its clients need of a small machine must not fill the workers, with and without circuits.
   */
  shares: z
    .strictObject({ memory: share.default(1), redis: share.default(1), dynamodb: share.default(1) })
    .prefault({}),
  /** When a worker gives an attempt up. */
  workTimeout: positive.default(30_000),
  /** What a failed job waits for its next attempt; twice as long each time. */
  retry: z
    .strictObject({
      firstDelay: positive.default(5_000),
      longestDelay: positive.default(30_000),
      attempts: z.int().min(1).max(1_000).default(50),
    })
    .prefault({}),
  circuit: z
    .strictObject({
      failureCountThreshold: z.int().min(1).default(5),
      closeThreshold: z.int().min(1).default(1),
      allowAfter: positive.default(20_000),
      trialLease: positive.default(15_000),
    })
    .prefault({}),
  tenants: z
    .record(z.string().min(1).max(100), z.strictObject({ faults: z.array(fault).default([]) }))
    .refine((tenants) => Object.keys(tenants).length > 0, 'must name at least one tenant'),
});

/** @typedef {z.infer<typeof scenarioSchema>} Scenario times in ms of the story */
/** @typedef {z.infer<typeof fault>} Fault */

/**
 * Reads a scenario file.
 *
 * @param {string} path
 * @returns {Promise<Scenario>}
 * @throws BadInput that says all that is wrong with it
 */
export async function readScenario(path) {
  const text = await readText(path, 'scenario');
  let content;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new BadInput(`The scenario ${path} is no JSON: ${/** @type {Error} */ (error).message}`);
  }
  const parsed = scenarioSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new BadInput(
    [`The scenario ${path} can't be used:`, ...describeIssues(parsed.error.issues).map((line) => `  - ${line}`)].join(
      '\n',
    ),
  );
}

/**
 * The tenants whose endpoints never break: whom a circuit protects from the others.
 *
 * @param {Scenario} scenario
 */
export function healthyTenants({ tenants }) {
  return Object.keys(tenants).filter((tenant) => tenants[tenant]?.faults.length === 0);
}
