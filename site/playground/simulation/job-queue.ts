import type { Clock } from '@circuitry/core';

/** A job, as both fleets get it. Times in ms by the clock. */
export interface Job {
  readonly id: number;
  readonly tenant: number;
  readonly arrivedAt: number;
  /** How often its work ran and failed. */
  failures: number;
  /** Refused or failed before: then its waiting is not the queue's doing. */
  isBack: boolean;
}

/** A fleet's queue: jobs in the order in which they become ready. */
export class JobQueue {
  readonly #clock: Clock;
  readonly #onReady: () => void;
  readonly #ready: Job[] = [];
  #delayed = 0;

  /** @param onReady is called whenever a job has become ready. */
  constructor(clock: Clock, onReady: () => void) {
    this.#clock = clock;
    this.#onReady = onReady;
  }

  get ready(): number {
    return this.#ready.length;
  }

  get delayed(): number {
    return this.#delayed;
  }

  add(job: Job, delay = 0): void {
    if (delay <= 0) {
      this.#ready.push(job);
      this.#onReady();
      return;
    }
    this.#delayed += 1;
    this.#clock.after(Math.ceil(delay), () => {
      this.#delayed -= 1;
      this.add(job);
    });
  }

  take(): Job | undefined {
    return this.#ready.shift();
  }
}
