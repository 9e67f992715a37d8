import { isCircuitryError } from '@circuitry/core';
import { messageOf } from '../faults.js';
import { escapeText } from '../output/escape.js';
import { spanOf } from '../output/words.js';

interface OutageParts {
  /** ms since the epoch. */
  readonly now: () => number;
  /** ms between two tries. */
  readonly every: number;
  readonly signal: AbortSignal;
  readonly onNote: (note: string) => void;
}

/** Whether the store can be reached: says once that it can't, and once that it can again. */
export class Outage {
  readonly #parts: OutageParts;
  /** When the store was last heard. */
  #heardAt: number;
  #isOn = false;
  #endedAt = -Infinity;

  constructor(parts: OutageParts) {
    this.#parts = parts;
    this.#heardAt = parts.now();
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Whether it is over for less than so many ms. */
  endedWithin(ms: number): boolean {
    return this.#parts.now() - this.#endedAt < ms;
  }

  /** Whether the store answered. What waiting doesn't mend is thrown: a corrupt record, a refused password. */
  async answers(work: () => Promise<unknown>): Promise<boolean> {
    const { now, every, signal, onNote } = this.#parts;
    try {
      await work();
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error;
      if (!this.#isOn) {
        const words = escapeText(messageOf(error)).replace(/\.$/, '');
        onNote(
          `No answer from the store since ${new Date(this.#heardAt).toISOString()}: ${words}. It is asked again every ${spanOf(every)}.`,
        );
      }
      this.#isOn = true;
      return false;
    }
    if (this.#isOn) {
      onNote(
        `The store answers again, after ${spanOf(now() - this.#heardAt)}. What began and ended meanwhile is not seen.`,
      );
      this.#endedAt = now();
    }
    this.#isOn = false;
    this.#heardAt = now();
    return true;
  }
}

/** A store that is away, or one that was given too little time. */
function mayPass(error: unknown): boolean {
  if (isCircuitryError(error, 'ERR_STORAGE')) return error.retriable;
  return (error as { readonly code?: unknown } | null)?.code === 'ERR_COMMAND';
}
