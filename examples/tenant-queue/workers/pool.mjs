import { startChild } from './child.mjs';
import { startInProcess } from './in-process.mjs';

/** @typedef {import('../input/jobs.mjs').Job} Job */

/**
 * Does up to `jobsEach` jobs at a time.
 *
 * @typedef {object} Worker
 * @property {number} id
 * @property {number | null} pid null: it runs in this process
 * @property {number} busy jobs in its hands
 * @property {(job: Job, attempt: number) => Promise<import('./work.mjs').AttemptResult>} run rejects if the worker dies
 * @property {() => void} kill
 * @property {() => Promise<void>} close
 */

/**
 * Hands jobs to workers, and puts a spare one in the place of one that dies, as a supervisor of processes would. The
 * spare stands ready behind circuits, where one is killed: to start a process takes half a minute of the story.
 */
export class WorkerPool {
  #workers = /** @type {Map<number, Worker>} */ (new Map());
  #nextId = 1;
  #isClosing = false;
  /** @type {Promise<Worker> | null} */
  #spare = null;
  #options;

  /**
   * @param {object} options
   * @param {number} options.jobsEach
   * @param {import('./work.mjs').WorkSettings} options.settings
   * @param {import('../backends.mjs').Store} options.store
   * @param {(report: import('./work.mjs').CircuitReport, worker: number) => void} options.onReport
   * @param {(capacity: number) => void} options.onCapacity how many jobs can be run at a time, whenever that changes
   */
  constructor(options) {
    this.#options = options;
  }

  /** @param {number} count of workers; resolves once all are ready */
  async start(count) {
    const workers = await Promise.all(Array.from({ length: count }, () => this.#create()));
    for (const worker of workers) this.#add(worker);
    const { store, settings } = this.#options;
    if (store.connection !== null && settings.circuits) {
      this.#spare = this.#create();
      await this.#spare;
    }
  }

  /**
   * Gives the job to the worker with the fewest.
   *
   * @param {Job} job
   * @param {number} attempt
   */
  async run(job, attempt) {
    const [worker] = [...this.#workers.values()].sort((a, b) => a.busy - b.busy);
    if (worker === undefined) throw new Error('There is no worker.');
    worker.busy += 1;
    try {
      return await worker.run(job, attempt);
    } finally {
      worker.busy -= 1;
    }
  }

  /**
   * Kills a worker's process with SIGKILL.
   *
   * @param {number} id
   * @returns {{ pid: number, jobs: number } | null} jobs: in its hands; null where it has no process of its own
   */
  kill(id) {
    const worker = this.#workers.get(id);
    if (worker === undefined || worker.pid === null) return null;
    worker.kill();
    return { pid: worker.pid, jobs: worker.busy };
  }

  async close() {
    this.#isClosing = true;
    if (this.#spare !== null) this.#add(await this.#spare);
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
  }

  /** @returns {Promise<Worker>} */
  #create() {
    const { store, settings, onReport } = this.#options;
    const id = this.#nextId;
    this.#nextId += 1;
    /** @param {import('./work.mjs').CircuitReport} report */
    const tell = (report) => onReport(report, id);
    return store.connection === null
      ? startInProcess(id, settings, settings.circuits ? store.connectHere() : null, tell)
      : startChild(id, settings, store.connection, { onReport: tell, onExit: () => this.#onExit(id) });
  }

  /** @param {Worker} worker */
  #add(worker) {
    this.#workers.set(worker.id, worker);
    this.#options.onCapacity(this.#workers.size * this.#options.jobsEach);
  }

  /** @param {number} id */
  #onExit(id) {
    if (!this.#workers.delete(id) || this.#isClosing) return;
    this.#options.onCapacity(this.#workers.size * this.#options.jobsEach);
    const spare = this.#spare;
    this.#spare = null;
    if (spare !== null) void spare.then((worker) => this.#add(worker));
  }
}
