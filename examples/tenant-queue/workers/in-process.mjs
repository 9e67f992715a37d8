import { createWork } from './work.mjs';

/**
 * A worker in this process.
 *
 * @param {number} id
 * @param {import('./work.mjs').WorkSettings} settings
 * @param {import('@circuitry/core').StorageBackend | null} backend
 * @param {(report: import('./work.mjs').CircuitReport) => void} report
 * @returns {Promise<import('./pool.mjs').Worker>} once it is ready for jobs
 */
export async function startInProcess(id, settings, backend, report) {
  const work = createWork(settings, backend, report);
  await work.warmUp();
  return { id, pid: null, busy: 0, run: work.run, kill: () => {}, close: work.close };
}
