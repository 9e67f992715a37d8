import { faultAt } from '../provider/faults.mjs';

/**
 * @typedef {object} Killed a worker's process
 * @property {number} worker
 * @property {number} pid
 * @property {number} jobs in its hands
 * @property {number} at ms of the story
 * @property {string | null} tenant whose circuit's trial it held
 */

/**
 * Kills one worker's process with SIGKILL at the worst moment: while it holds the only trial of a circuit. Where no
 * circuit gets as far as that, it kills one when half of the jobs are done.
 */
export class Sabotage {
  /** @type {Killed | null} */
  killed = null;
  #options;

  /**
   * @param {object} options
   * @param {import('../input/scenario.mjs').Scenario} options.scenario
   * @param {import('../clock.mjs').StoryClock} options.clock
   * @param {import('../workers/pool.mjs').WorkerPool} options.pool
   */
  constructor(options) {
    this.#options = options;
  }

  /** @param {string} tenant @param {number} worker which holds its trial */
  onTrial(tenant, worker) {
    const { scenario, clock } = this.#options;
    // Only a trial that hangs is still there when the signal arrives.
    if (faultAt(scenario.tenants[tenant]?.faults ?? [], clock.now())?.kind === 'hang') this.#kill(worker, tenant);
  }

  /** @param {number} done share of the jobs */
  onProgress(done) {
    if (done >= 0.5) this.#kill(1, null);
  }

  /** @param {number} worker @param {string | null} tenant */
  #kill(worker, tenant) {
    if (this.killed !== null) return;
    const { pool, clock } = this.#options;
    const killed = pool.kill(worker);
    if (killed !== null) this.killed = { worker, ...killed, at: clock.now(), tenant };
  }
}
