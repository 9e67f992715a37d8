import { systemClock } from '@circuitry/core';
import { failed } from '../faults.js';
import { spanOf } from '../output/words.js';

/** Aborts what waits longer than so many ms for a store, or when the user gives up. */
export class TimeLimit {
  readonly signal: AbortSignal;
  readonly #ms: number;
  readonly #controller = new AbortController();
  #cancel: () => void;

  constructor(ms: number, outer: AbortSignal) {
    this.#ms = ms;
    this.signal = AbortSignal.any([this.#controller.signal, outer]);
    this.#cancel = this.#begin();
  }

  /** There was an answer: the time begins anew. */
  renew(): void {
    this.#cancel();
    this.#cancel = this.#begin();
  }

  /** Nothing is waited for, now or ever again. */
  end(): void {
    this.#cancel();
  }

  #begin(): () => void {
    return systemClock.after(this.#ms, () => {
      this.#controller.abort(failed(`The store gave no answer within ${spanOf(this.#ms)}. --timeout gives it more.`));
    });
  }
}

/** Runs one call of a store under a limit. */
export async function within<T>(ms: number, outer: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new TimeLimit(ms, outer);
  try {
    return await work(limit.signal);
  } finally {
    limit.end();
  }
}
