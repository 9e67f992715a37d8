import { healthyTenants } from '../input/scenario.mjs';

/** @typedef {import('../queue/job-history.mjs').JobHistory} JobHistory */

/**
 * A tenant's part in a pass; times in ms of the story.
 *
 * @typedef {object} TenantRow
 * @property {string} tenant
 * @property {number} jobs
 * @property {number} done
 * @property {number} givenUp
 * @property {number} failed attempts
 * @property {number} refused
 * @property {number} lost attempts whose worker died
 * @property {number} wasted how long attempts that came to nothing held a worker
 * @property {number} median waiting time: from when a job came until the attempt began that did it
 * @property {number} high 95 of 100 waited no longer
 */

/**
 * @param {string} tenant
 * @param {readonly JobHistory[]} histories of any tenants
 * @returns {TenantRow}
 */
export function tenantRow(tenant, histories) {
  const own = histories.filter(({ job }) => job.tenant === tenant);
  return { tenant, ...sumUp(own) };
}

/** @param {readonly JobHistory[]} histories */
export function sumUp(histories) {
  const sum = (/** @type {(history: JobHistory) => number} */ value) =>
    histories.reduce((total, history) => total + value(history), 0);
  const waits = histories.flatMap(({ job, startedAt }) =>
    startedAt === null ? [] : [Math.max(0, startedAt - job.at)],
  );
  return {
    jobs: histories.length,
    done: waits.length,
    givenUp: sum(({ givenUp }) => Number(givenUp)),
    failed: sum(({ failed }) => failed),
    refused: sum(({ refused }) => refused),
    lost: sum(({ lost }) => lost),
    wasted: sum(({ wasted }) => wasted),
    median: quantile(waits, 0.5),
    high: quantile(waits, 0.95),
  };
}

/**
 * How much sooner jobs were finished with circuits; ms of the story, negative: later.
 *
 * @typedef {object} Gain
 * @property {readonly string[]} tenants whose jobs are compared
 * @property {boolean} healthy whether their endpoints never broke
 * @property {number} jobs
 * @property {number} mean how much sooner a job was finished
 * @property {number} most how much sooner the one was that gained most
 * @property {{ without: number, withCircuits: number }} median waiting times
 * @property {{ without: number, withCircuits: number }} high 95 of 100 waited no longer
 */

/**
 * Compares the two passes, job by job, for the tenants whose endpoints never broke (all of them, if each broke).
 *
 * @param {import('../demo.mjs').DemoResult} result
 * @returns {Gain}
 */
export function gainOf({ scenario, without, withCircuits }) {
  const healthy = healthyTenants(scenario);
  const tenants = healthy.length > 0 ? healthy : Object.keys(scenario.tenants);
  const isCompared = (/** @type {JobHistory} */ { job }) => tenants.includes(job.tenant);
  const before = without.histories.filter(isCompared);
  const after = new Map(withCircuits.histories.filter(isCompared).map((history) => [history.job.id, history]));
  const sooner = before.flatMap((history) => {
    const finishedAt = after.get(history.job.id)?.finishedAt ?? null;
    return history.finishedAt === null || finishedAt === null ? [] : [history.finishedAt - finishedAt];
  });
  const [first, second] = [sumUp(before), sumUp([...after.values()])];
  return {
    tenants,
    healthy: healthy.length > 0,
    jobs: sooner.length,
    mean: sooner.reduce((sum, gain) => sum + gain, 0) / Math.max(1, sooner.length),
    most: Math.max(0, ...sooner),
    median: { without: first.median, withCircuits: second.median },
    high: { without: first.high, withCircuits: second.high },
  };
}

/**
 * The nearest rank; 0 of none.
 *
 * @param {readonly number[]} values
 * @param {number} share
 */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
