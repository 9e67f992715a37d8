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

/** Hands jobs to workers, and puts a new worker in the place of one that dies, as a supervisor of processes would. */
export class WorkerPool {
  #workers = /** @type {Map<number, Worker>} */ (new Map());
  #nextId = 1;
  #isClosing = false;
  #starting = /** @type {Set<Promise<void>>} */ (new Set());
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
    await Promise.all(Array.from({ length: count }, () => this.#add()));
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
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
  }

  async #add() {
    const { store, settings, onReport } = this.#options;
    const id = this.#nextId;
    this.#nextId += 1;
    /** @param {import('./work.mjs').CircuitReport} report */
    const tell = (report) => onReport(report, id);
    const worker =
      store.connection === null
        ? await startInProcess(id, settings, store.connectHere(), tell)
        : await startChild(id, settings, store.connection, { onReport: tell, onExit: () => this.#onExit(id) });
    this.#workers.set(id, worker);
    this.#tellCapacity();
  }

  /** @param {number} id */
  #onExit(id) {
    if (!this.#workers.delete(id) || this.#isClosing) return;
    this.#tellCapacity();
    const started = this.#add().finally(() => this.#starting.delete(started));
    this.#starting.add(started);
    // close() and the jobs that find no worker tell of a start that failed.
    started.catch(() => {});
  }

  #tellCapacity() {
    this.#options.onCapacity(this.#workers.size * this.#options.jobsEach);
  }
}
