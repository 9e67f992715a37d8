import type { StateChange } from '@circuitry/core';
import { stateOf, type Ledger, type LedgerEntry } from './ledger.js';
import type { Chronicle } from './violations.js';

/** F3: each transition that the store made is announced by its winner, once, and no other is. */
export class Announcements {
  readonly #ledger: Ledger;
  readonly #chronicle: Chronicle;
  readonly #announced = new Map<string, number>();

  constructor(ledger: Ledger, chronicle: Chronicle) {
    this.#ledger = ledger;
    this.#chronicle = chronicle;
  }

  /** A transition that the store has, told once. */
  heard(change: StateChange<unknown>, worker: number): void {
    const key = transitionKey(change.name, change.information.revision, change.to);
    const times = (this.#announced.get(key) ?? 0) + 1;
    this.#announced.set(key, times);
    const stored = this.#ledger
      .entries(change.name)
      .filter((entry) => isTold(entry) && keyOf(change.name, entry) === key);
    if (stored.length === 0) {
      this.#chronicle.violated(
        'F3',
        `worker ${worker} announced ${change.from} -> ${change.to} of ${change.name}, which the store never made`,
      );
    } else if (times > stored.length) {
      this.#chronicle.violated('F3', `${change.from} -> ${change.to} of ${change.name} was announced ${times} times`);
    }
  }

  /** The other half: whoever won, lived, and had the answer, announced it. */
  checkAll(isAlive: (worker: number) => boolean): void {
    for (const name of this.#ledger.names()) {
      for (const entry of this.#ledger.entries(name)) {
        const { before, after } = entry;
        if (!isTold(entry) || !entry.answered) continue;
        if (entry.worker === null || !isAlive(entry.worker) || this.#announced.has(keyOf(name, entry))) continue;
        this.#chronicle.violated(
          'F3',
          `${before?.state} -> ${after?.state} of ${name} by worker ${entry.worker} was never announced`,
        );
      }
    }
  }
}

/** A store by which callers meet another state: that is announced, and nothing else. */
function isTold({ verb, before, after }: LedgerEntry): boolean {
  return verb === 'store' && after !== null && stateOf(before) !== stateOf(after);
}

function transitionKey(name: string, revision: number, to: string): string {
  return `${name} ${revision} ${to}`;
}

function keyOf(name: string, { before, after }: LedgerEntry): string {
  return transitionKey(name, before?.revision ?? 0, stateOf(after));
}
