import type { CircuitRecord, CircuitState, Delta } from '@circuitry/core';

/** One write that the store applied. */
export interface LedgerEntry {
  /** True time, ms. */
  readonly at: number;
  /** Who; null: a flush. */
  readonly worker: number | null;
  readonly verb: 'apply' | 'store' | 'flush';
  readonly before: CircuitRecord | null;
  readonly after: CircuitRecord | null;
  readonly delta: Delta | null;
  /** Whether the writer's process got the answer. */
  answered: boolean;
}

/** A record, and from when to when the store held it, true time. */
export interface Version {
  readonly record: CircuitRecord | null;
  readonly from: number;
  /** Infinity: still. */
  readonly until: number;
}

/** All that happened in the store, in order: what is true, whatever workers believe. */
export class Ledger {
  readonly #entries = new Map<string, LedgerEntry[]>();

  note(name: string, entry: LedgerEntry): LedgerEntry {
    const entries = this.#entries.get(name) ?? [];
    entries.push(entry);
    this.#entries.set(name, entries);
    return entry;
  }

  entries(name: string): readonly LedgerEntry[] {
    return this.#entries.get(name) ?? [];
  }

  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  current(name: string): CircuitRecord | null {
    return this.#entries.get(name)?.at(-1)?.after ?? null;
  }

  /** The versions that the store held at some time in [from, until]. */
  versions(name: string, from: number, until: number): readonly Version[] {
    const entries = this.entries(name);
    const versions: Version[] = [];
    for (let index = -1; index < entries.length; index += 1) {
      const begun = index < 0 ? -Infinity : (entries[index] as LedgerEntry).at;
      const ended = entries[index + 1]?.at ?? Infinity;
      if (begun <= until && ended >= from)
        versions.push({ record: entries[index]?.after ?? null, from: begun, until: ended });
    }
    return versions;
  }
}

/** The state that callers meet. */
export function stateOf(record: CircuitRecord | null): CircuitState {
  return record?.override?.state ?? record?.state ?? 'closed';
}

/** Whether an entry began another state or round; a clear or a created record did not. */
export function isTransition({ before, after, verb }: LedgerEntry): boolean {
  if (verb !== 'store' || before === null || after === null) return false;
  return before.state !== after.state || before.since !== after.since;
}

/** How many outcomes a record has counted. */
export function totalOf(record: CircuitRecord | null): number {
  const totals = ['total.failures', 'total.successes', 'total.ignored'];
  return totals.reduce((sum, name) => sum + (record?.counters[name] ?? 0), 0);
}
