/**
 * What became of one job; times in ms of the story.
 *
 * @typedef {object} JobHistory
 * @property {import('../input/jobs.mjs').Job} job
 * @property {number} failed attempts
 * @property {number} refused how often the circuit refused it
 * @property {number} lost how often its worker died
 * @property {number} wasted how long attempts that came to nothing held a worker
 * @property {number | null} startedAt of the attempt that did it
 * @property {number | null} finishedAt
 * @property {boolean} givenUp
 */

/**
 * @param {import('../input/jobs.mjs').Job} job
 * @returns {JobHistory}
 */
export function newHistory(job) {
  return { job, failed: 0, refused: 0, lost: 0, wasted: 0, startedAt: null, finishedAt: null, givenUp: false };
}
