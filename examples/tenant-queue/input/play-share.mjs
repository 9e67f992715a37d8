/**
 * The scenario and the jobs as they are played with circuits in that backend: the scenario's share for it of each
 * tenant's jobs, evenly over time, and of the workers' places, so that the queue's life stays the same.
 *
 * @param {import('./scenario.mjs').Scenario} scenario
 * @param {readonly import('./jobs.mjs').Job[]} jobs
 * @param {import('../backends.mjs').BackendName} backend
 */
export function playShare(scenario, jobs, backend) {
  const share = scenario.shares[backend];
  const seen = /** @type {Map<string, number>} */ (new Map());
  const played = jobs.filter(({ tenant }) => {
    const before = seen.get(tenant) ?? 0;
    seen.set(tenant, before + 1);
    // One more of them whenever their share of what came so far has reached the next whole number; the first always.
    return Math.ceil((before + 1) * share) > Math.ceil(before * share);
  });
  const jobsEach = Math.max(1, Math.round(scenario.workers.jobsEach * share));
  return { scenario: { ...scenario, workers: { ...scenario.workers, jobsEach } }, jobs: played };
}
