import type { CircuitRecord } from '@circuitry/core';
import { viewOf, type CircuitView, type ShownState } from './view.js';

/** A circuit that changed, and what it was before; null: nobody knows. */
export interface Change {
  readonly from: ShownState | null;
  readonly view: CircuitView;
}

/**
 * Tells what changed from what is seen. It remembers the circuits that are not closed, and no others: a circuit that it
 * does not know was closed.
 */
export class Changes {
  readonly #known = new Map<string, { readonly state: ShownState; readonly revision: number }>();

  /** The circuits that were last seen not closed. */
  get open(): IterableIterator<string> {
    return this.#known.keys();
  }

  /** Takes in how a circuit is now; null: it has no record. Answers null where it did not change. */
  see(name: string, record: CircuitRecord | null, now: number): Change | null {
    const before = this.#known.get(name);
    if (record === null) {
      this.#known.delete(name);
      return before === undefined ? null : { from: before.state, view: gone(name) };
    }
    // A message that was overtaken by a newer one, or by a listing.
    if (before !== undefined && record.revision < before.revision) return null;
    const view = viewOf(name, record, now);
    if (view.state === 'closed') this.#known.delete(name);
    else this.#known.set(name, { state: view.state, revision: record.revision });
    const from = before?.state ?? 'closed';
    return from === view.state && before?.revision === record.revision ? null : { from, view };
  }
}

function gone(name: string): CircuitView {
  return {
    name,
    state: 'closed',
    since: null,
    endsAt: null,
    openings: 0,
    consecutiveFailures: 0,
    totalFailures: 0,
    totalSuccesses: 0,
    lastFailure: null,
    override: null,
  };
}
