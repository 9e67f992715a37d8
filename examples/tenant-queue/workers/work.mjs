import { setMaxListeners } from 'node:events';
import { plainWork } from './plain-work.mjs';
import { protectedWork } from './protected-work.mjs';
import { warmUp } from './warm-up.mjs';

/**
 * What a worker needs to know; times in ms of ours, as a worker has no story.
 *
 * @typedef {object} WorkSettings
 * @property {boolean} circuits whether jobs run behind circuits
 * @property {string} provider address
 * @property {number} workTimeout
 * @property {{ failureCountThreshold: number, closeThreshold: number, allowAfter: number, trialLease: number }} circuit
 * @property {import('../backends.mjs').StoreSettings} store
 */

/**
 * What one attempt at a job came to.
 *
 * @typedef {{ outcome: 'done' } | { outcome: 'failed', error: string } | { outcome: 'refused', retryAfter: number | null }} AttemptResult
 *   retryAfter: ms of ours
 */

/**
 * What a worker tells of circuits: one changed, or it holds a trial now.
 *
 * @typedef {{ type: 'circuit', tenant: string, state: 'closed' | 'open' | 'half-open', since: number, revision: number }
 *   | { type: 'trial', tenant: string }} CircuitReport
 */

/**
 * Runs jobs, in whatever process it is called in.
 *
 * @param {WorkSettings} settings
 * @param {import('@circuitry/core').StorageBackend | null} backend null: without circuits
 * @param {(report: CircuitReport) => void} report
 */
export function createWork(settings, backend, report) {
  const closing = new AbortController();
  // Every job at work listens to it, and there may be many.
  setMaxListeners(0, closing.signal);
  const work = backend === null ? plainWork(settings) : protectedWork(settings, backend, report);
  return {
    warmUp: () => warmUp(settings.provider, backend),
    /** @param {import('../input/jobs.mjs').Job} job @param {number} attempt */
    run: (job, attempt) => work.run(job, attempt, closing.signal),
    async close() {
      closing.abort(new Error('The worker was told to end.'));
      await work.close();
    },
  };
}
