import type { CircuitRecord, Delta } from '@circuitry/core';

/** What a client asked of one circuit. */
export type Operation =
  | { readonly verb: 'retrieve' }
  | { readonly verb: 'apply'; readonly revision: number; readonly delta: Delta }
  | {
      readonly verb: 'store';
      readonly revision: number | null;
      readonly next: CircuitRecord;
      readonly expect?: Readonly<Record<string, number>>;
    }
  | { readonly verb: 'delete' };

/** What came back: the record as the call left or found it; `applied` for writes. */
export interface Outcome {
  readonly applied?: boolean;
  readonly record: CircuitRecord | null;
}

/**
 * One call: when it began and ended, on one count of events, and what it answered.
 *
 * `outcome: null` for one whose answer nobody saw: it may have happened at any time after it began, or never.
 */
export interface HistoryEntry {
  readonly client: string;
  readonly operation: Operation;
  readonly began: number;
  readonly ended: number;
  readonly outcome: Outcome | null;
}

/** Writes down what several clients do to one circuit. */
export class History {
  readonly #entries: HistoryEntry[] = [];
  #events = 0;

  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }

  /** Runs one call and notes it. A call that rejects is one whose answer nobody saw; the rejection goes on. */
  async record<T extends Outcome | undefined>(
    client: string,
    operation: Operation,
    call: () => Promise<T>,
  ): Promise<T> {
    const began = this.#events++;
    try {
      const answer = await call();
      const outcome: Outcome = answer ?? { record: null };
      this.#entries.push({ client, operation, began, ended: this.#events++, outcome });
      return answer;
    } catch (error) {
      this.#entries.push({ client, operation, began, ended: Infinity, outcome: null });
      throw error;
    }
  }
}
