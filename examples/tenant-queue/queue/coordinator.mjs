import PQueue from 'p-queue';
import { WorkerLostError } from '../workers/child.mjs';
import { newHistory } from './job-history.mjs';

/** @typedef {import('./job-history.mjs').JobHistory} JobHistory */

/**
 * Owns the queue: takes jobs as they come, hands them to workers, and puts back what failed, was refused, or was in the
 * hands of a worker that died.
 */
export class Coordinator {
  #queue = new PQueue({ concurrency: 1 });
  #options;
  #open = 0;
  #finish = () => {};
  #fail = /** @type {(error: unknown) => void} */ (() => {});

  /**
   * @param {object} options
   * @param {readonly import('../input/jobs.mjs').Job[]} options.jobs
   * @param {import('../clock.mjs').StoryClock} options.clock
   * @param {import('./tally.mjs').Tally} options.tally
   * @param {import('../input/scenario.mjs').Scenario['retry']} options.retry
   * @param {(job: import('../input/jobs.mjs').Job, attempt: number) => Promise<import('../workers/work.mjs').AttemptResult>} options.run
   */
  constructor(options) {
    this.#options = options;
  }

  /** How many jobs are run at a time. @param {number} capacity */
  setCapacity(capacity) {
    // A queue can't be told to run none: its next job then waits for a worker to be there.
    this.#queue.concurrency = Math.max(1, capacity);
  }

  /** @returns {Promise<JobHistory[]>} once each job is done or given up */
  async run() {
    const { jobs, clock } = this.#options;
    const histories = jobs.map(newHistory);
    this.#open = histories.length;
    const finished = new Promise((resolve, reject) => {
      this.#finish = () => resolve(undefined);
      this.#fail = reject;
    });
    for (const history of histories) clock.after(history.job.at - clock.now(), () => this.#enqueue(history, null));
    await finished;
    return histories;
  }

  /** Forgets the jobs that wait. */
  stop() {
    this.#queue.clear();
  }

  /** @param {JobHistory} history @param {'delayed' | 'running' | null} from */
  #enqueue(history, from) {
    this.#options.tally.move(history.job.tenant, from, 'queued');
    this.#queue.add(() => this.#attempt(history)).catch(this.#fail);
  }

  /** @param {JobHistory} history */
  async #attempt(history) {
    const { clock, tally, retry, run } = this.#options;
    const { job } = history;
    const startedAt = clock.now();
    tally.move(job.tenant, 'queued', 'running');
    const result = await run(job, history.failed + history.lost + 1).catch(asLost);
    if (result.outcome === 'done') {
      history.startedAt = startedAt;
      history.finishedAt = clock.now();
      return this.#settle(history, 'done');
    }
    history.wasted += clock.now() - startedAt;
    switch (result.outcome) {
      case 'lost':
        history.lost += 1;
        return this.#enqueue(history, 'running');
      case 'refused':
        // Not an attempt: the job comes back when its circuit may let it through.
        history.refused += 1;
        return this.#delay(
          history,
          result.retryAfter === null ? retry.longestDelay : result.retryAfter * clock.timeScale,
        );
      case 'failed':
        history.failed += 1;
        if (history.failed === retry.attempts) return this.#settle(history, 'givenUp');
        return this.#delay(history, Math.min(retry.longestDelay, retry.firstDelay * 2 ** (history.failed - 1)));
    }
  }

  /** @param {JobHistory} history @param {number} ms of the story */
  #delay(history, ms) {
    this.#options.tally.move(history.job.tenant, 'running', 'delayed');
    this.#options.clock.after(ms, () => this.#enqueue(history, 'delayed'));
  }

  /** @param {JobHistory} history @param {'done' | 'givenUp'} as */
  #settle(history, as) {
    history.givenUp = as === 'givenUp';
    this.#options.tally.move(history.job.tenant, 'running', as);
    this.#open -= 1;
    if (this.#open === 0) this.#finish();
  }
}

/**
 * @param {unknown} error
 * @returns {{ outcome: 'lost' }}
 */
function asLost(error) {
  if (error instanceof WorkerLostError) return { outcome: 'lost' };
  throw error;
}
