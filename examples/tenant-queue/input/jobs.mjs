import { z } from 'zod';
import { BadInput, describeIssues } from './bad-input.mjs';
import { readText } from './read-text.mjs';

const mostFaults = 5;

const jobSchema = z.strictObject({
  id: z.string().min(1).max(100),
  tenant: z.string().min(1).max(100),
  task: z.string().max(100).default('job'),
  /** When it comes into the queue, ms of the story. */
  at: z.number().min(0).max(86_400_000),
  /** How long a healthy provider works on it, ms of the story. */
  takes: z.number().min(0).max(600_000),
  /** How much is sent. */
  bytes: z.int().min(0).max(5_000_000),
});

/** @typedef {z.infer<typeof jobSchema>} Job */

/**
 * Reads a file of jobs, one JSON object a line.
 *
 * @param {string} path
 * @param {import('./scenario.mjs').Scenario} scenario which must know the jobs' tenants
 * @returns {Promise<Job[]>} in the order in which they come
 * @throws BadInput that names the lines at fault
 */
export async function readJobs(path, scenario) {
  const text = await readText(path, 'jobs');
  const seen = new Set();
  const jobs = /** @type {Job[]} */ ([]);
  const faults = /** @type {string[]} */ ([]);
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const job = parseLine(line);
    if ('fault' in job) {
      faults.push(`line ${index + 1}: ${job.fault}`);
    } else if (scenario.tenants[job.tenant] === undefined) {
      faults.push(`line ${index + 1}: tenant: ${JSON.stringify(job.tenant)} is not in the scenario`);
    } else if (seen.has(job.id)) {
      faults.push(`line ${index + 1}: id: ${JSON.stringify(job.id)} was there before`);
    } else {
      seen.add(job.id);
      jobs.push(job);
    }
  }
  if (faults.length === 0 && jobs.length === 0) faults.push('it is empty');
  if (faults.length === 0) return jobs.sort((a, b) => a.at - b.at);
  const more = faults.length > mostFaults ? [`  … and ${faults.length - mostFaults} more`] : [];
  throw new BadInput(
    [`The jobs in ${path} can't be used:`, ...faults.slice(0, mostFaults).map((line) => `  - ${line}`), ...more].join(
      '\n',
    ),
  );
}

/**
 * @param {string} line
 * @returns {Job | { fault: string }}
 */
function parseLine(line) {
  let content;
  try {
    content = JSON.parse(line);
  } catch (error) {
    return { fault: `no JSON: ${/** @type {Error} */ (error).message}` };
  }
  const parsed = jobSchema.safeParse(content);
  return parsed.success ? parsed.data : { fault: describeIssues(parsed.error.issues).join('; ') };
}
