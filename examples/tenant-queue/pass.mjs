import { StoryClock } from './clock.mjs';
import { CircuitLog } from './queue/circuit-log.mjs';
import { Coordinator } from './queue/coordinator.mjs';
import { Sabotage } from './queue/sabotage.mjs';
import { takeSample } from './queue/samples.mjs';
import { Tally } from './queue/tally.mjs';
import { WorkerPool } from './workers/pool.mjs';

/** How often the queue is looked at, ms of ours. */
const sampleEvery = 60;

/**
 * All jobs, run once. Times in ms of the story.
 *
 * @typedef {object} Pass
 * @property {boolean} circuits whether jobs ran behind circuits
 * @property {import('./queue/job-history.mjs').JobHistory[]} histories
 * @property {import('./queue/samples.mjs').Sample[]} samples
 * @property {Record<string, import('./queue/circuit-log.mjs').CircuitChange[]>} changes of each tenant's circuit
 * @property {number} duration
 * @property {import('./queue/sabotage.mjs').Killed | null} killed
 */

/**
 * What can be told while a pass runs.
 *
 * @typedef {object} Glance
 * @property {boolean} circuits
 * @property {number} jobs
 * @property {number} done
 * @property {number} queued
 * @property {number} delayed
 * @property {number} running
 * @property {number} stuck of the running ones, those of tenants whose endpoints break in this scenario
 * @property {readonly string[]} notClosed tenants
 * @property {number} now
 */

/**
 * Runs all jobs once.
 *
 * @param {object} options
 * @param {boolean} options.circuits
 * @param {import('./input/scenario.mjs').Scenario} options.scenario
 * @param {readonly import('./input/jobs.mjs').Job[]} options.jobs
 * @param {Awaited<ReturnType<typeof import('./provider/provider.mjs').startProvider>>} options.provider
 * @param {import('./backends.mjs').Store} options.store
 * @param {AbortSignal} options.signal
 * @param {(glance: Glance) => void} options.onGlance
 * @returns {Promise<Pass>}
 */
export async function runPass({ circuits, scenario, jobs, provider, store, signal, onGlance }) {
  const tenants = Object.keys(scenario.tenants);
  const tally = new Tally(tenants);
  const circuitLog = new CircuitLog();
  const samples = /** @type {import('./queue/samples.mjs').Sample[]} */ ([]);
  let capacity = 0;
  const pool = new WorkerPool({
    jobsEach: scenario.workers.jobsEach,
    settings: { ...workSettings(scenario, circuits, provider.url), store: store.settings },
    store,
    onReport: (report, worker) => {
      if (report.type === 'trial') return sabotage.onTrial(report.tenant, worker);
      const since = report.since === 0 ? 0 : clock.storyOf(report.since);
      return circuitLog.note(report.tenant, { ...report, since });
    },
    onCapacity: (changed) => {
      capacity = changed;
      coordinator?.setCapacity(changed);
    },
  });
  /** @type {Coordinator | undefined} */
  let coordinator;
  let clock = new StoryClock(scenario.timeScale);
  let sabotage = new Sabotage({ scenario, clock, pool });
  try {
    await pool.start(scenario.workers.processes);
    signal.throwIfAborted();
    // The story begins when everybody is there.
    clock = new StoryClock(scenario.timeScale);
    sabotage = new Sabotage({ scenario, clock, pool });
    provider.begin(scenario, clock.startedAt);
    coordinator = new Coordinator({
      jobs,
      clock,
      tally,
      retry: scenario.retry,
      run: (job, attempt) => pool.run(job, attempt),
    });
    coordinator.setCapacity(capacity);
    clock.every(sampleEvery, () => {
      samples.push(takeSample(clock.now(), tenants, tally));
      if (circuits) sabotage.onProgress(tally.total('done') / jobs.length);
      onGlance(glance());
    });
    const histories = await orAborted(coordinator.run(), signal);
    const duration = clock.now();
    samples.push(takeSample(duration, tenants, tally));
    onGlance(glance());
    const changes = Object.fromEntries(tenants.map((tenant) => [tenant, circuitLog.of(tenant)]));
    return { circuits, histories, samples, changes, duration, killed: sabotage.killed };
  } finally {
    clock.stop();
    coordinator?.stop();
    await pool.close();
  }

  /** @returns {Glance} */
  function glance() {
    const broken = tenants.filter((tenant) => scenario.tenants[tenant]?.faults.length !== 0);
    return {
      circuits,
      jobs: jobs.length,
      done: tally.total('done') + tally.total('givenUp'),
      queued: tally.total('queued'),
      delayed: tally.total('delayed'),
      running: tally.total('running'),
      stuck: broken.reduce((sum, tenant) => sum + tally.of(tenant).running, 0),
      notClosed: circuitLog.notClosed,
      now: clock.now(),
    };
  }
}

/**
 * What a worker needs to know: in ms of ours.
 *
 * @param {import('./input/scenario.mjs').Scenario} scenario
 * @param {boolean} circuits
 * @param {string} provider
 * @returns {Omit<import('./workers/work.mjs').WorkSettings, 'store'>}
 */
function workSettings({ circuit, workTimeout, timeScale }, circuits, provider) {
  const ours = (/** @type {number} */ story) => Math.max(1, Math.round(story / timeScale));
  return {
    circuits,
    provider,
    workTimeout: ours(workTimeout),
    circuit: {
      ...circuit,
      allowAfter: ours(circuit.allowAfter),
      // Core takes no lease under 10 ms.
      trialLease: Math.max(10, ours(circuit.trialLease)),
    },
  };
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
async function orAborted(promise, signal) {
  const { promise: aborted, stop } = whenAborted(signal);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stop();
  }
}

/** @param {AbortSignal} signal */
function whenAborted(signal) {
  let stop = () => {};
  const promise = /** @type {Promise<never>} */ (
    new Promise((_resolve, reject) => {
      const listener = () => reject(signal.reason);
      signal.addEventListener('abort', listener, { once: true });
      stop = () => signal.removeEventListener('abort', listener);
    })
  );
  return { promise, stop };
}
