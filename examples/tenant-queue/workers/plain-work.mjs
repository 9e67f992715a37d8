import { withDeadline } from '../clock.mjs';
import { deliver } from './deliver.mjs';

/**
 * The work of a job without a circuit: the same call with the same time limit.
 *
 * @param {import('./work.mjs').WorkSettings} settings
 */
export function plainWork({ provider, workTimeout }) {
  return {
    /**
     * @param {import('../input/jobs.mjs').Job} job
     * @param {number} attempt
     * @param {AbortSignal} closing
     * @returns {Promise<import('./work.mjs').AttemptResult>}
     */
    async run(job, attempt, closing) {
      try {
        await withDeadline(workTimeout, closing, (signal) => deliver(provider, job, attempt, signal));
        return { outcome: 'done' };
      } catch (error) {
        return { outcome: 'failed', error: String(error) };
      }
    },
    close: async () => {},
  };
}
