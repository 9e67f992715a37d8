import { isCircuitryError, type ListOptions, type NamedRecord, type StorageBackend } from '@circuitry/core';
import { isTroubled } from '@circuitry/core/backend';
import type { Told } from '../call-metrics.js';
import type { ReadOpenCircuits } from '../options.js';
import { shownState, type CountedState } from './shown-state.js';

/** How many of a kind are in which state. */
export type StateCounts = Record<CountedState, number>;

/** What one listing found. */
export interface Listing {
  readonly counts: ReadonlyMap<string, Readonly<StateCounts>>;
  /** The states of the allowed names; one that was not listed is closed. */
  readonly names: ReadonlyMap<string, CountedState | 'closed'>;
  /** Whether all were seen. */
  readonly isComplete: boolean;
}

/** Counts the circuits that are not closed, up to the limit. Kinds that were seen before stay, with 0. */
export async function countTroubled(
  { backend, limit, kindOf, clock }: ReadOpenCircuits,
  { kinds, names }: Told,
  signal: AbortSignal,
): Promise<Listing> {
  const counts = new Map<string, StateCounts>(kinds.known.map((kind) => [kind, none()]));
  const states = new Map<string, CountedState | 'closed'>([...names].map((name) => [name, 'closed']));
  let seen = 0;
  for await (const { name, record } of troubled(backend, { signal })) {
    const state = shownState(record, clock.now());
    if (state === 'closed') continue;
    if (seen === limit) return { counts, names: states, isComplete: false };
    seen += 1;
    const kind = kinds.ofName(name, kindOf(name));
    const ofKind = counts.get(kind) ?? none();
    ofKind[state] += 1;
    counts.set(kind, ofKind);
    if (names.has(name)) states.set(name, state);
  }
  return { counts, names: states, isComplete: true };
}

function none(): StateCounts {
  return { open: 0, 'half-open': 0, 'forced-open': 0, 'forced-closed': 0 };
}

/** From the store's index; out of the whole listing where it has none, or does not know `only`. */
async function* troubled(backend: StorageBackend, options: ListOptions): AsyncGenerator<NamedRecord> {
  let hasBegun = false;
  try {
    for await (const entry of backend.list({ ...options, only: 'troubled' })) {
      hasBegun = true;
      if (isTroubled(entry.record)) yield entry;
    }
  } catch (error) {
    // Only a refusal of the option itself: everything else would meet a whole listing as well.
    if (hasBegun || !isCircuitryError(error, 'ERR_INVALID_SETTINGS')) throw error;
    for await (const entry of backend.list(options)) if (isTroubled(entry.record)) yield entry;
  }
}
