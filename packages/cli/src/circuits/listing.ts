import { isCircuitryError, type ListOptions, type NamedRecord } from '@circuitry/core';
import { isTroubled } from '@circuitry/core/backend';

/** A store's `list`. */
export type Lister = (options: ListOptions) => AsyncIterable<NamedRecord>;

/** Faults that another way of listing would meet as well. */
const lasting = ['ERR_STORAGE', 'ERR_CORRUPT_RECORD', 'ERR_UNSUPPORTED_RECORD', 'ERR_CLOSED'] as const;

/**
 * The circuits that are not closed or under an override: from the store's index, or, where it has none, out of the whole
 * listing. Of a backend that ignores `only` the rest is left out here.
 *
 * @param onScan told once, where the whole store has to be listed
 */
export async function* listTroubled(
  list: Lister,
  options: ListOptions,
  onScan: () => void = () => {},
): AsyncGenerator<NamedRecord> {
  let yielded = false;
  try {
    for await (const entry of list({ ...options, only: 'troubled' })) {
      if (!isTroubled(entry.record)) continue;
      yielded = true;
      yield entry;
    }
  } catch (error) {
    if (yielded || options.signal?.aborted === true || lasting.some((code) => isCircuitryError(error, code)))
      throw error;
    onScan();
    for await (const entry of list(options)) if (isTroubled(entry.record)) yield entry;
  }
}

/** How many are put in order at a time: memory stays flat, and what a person reads through is in order as a whole. */
const pageSize = 200;

/** The same circuits, by name within each page. */
export async function* byName(entries: AsyncIterable<NamedRecord>): AsyncGenerator<NamedRecord> {
  let page: NamedRecord[] = [];
  const ordered = (): NamedRecord[] => page.sort((one, other) => (one.name < other.name ? -1 : 1));
  try {
    for await (const entry of entries) {
      page.push(entry);
      if (page.length < pageSize) continue;
      yield* ordered();
      page = [];
    }
  } catch (error) {
    // What came before the fault is shown.
    yield* ordered();
    throw error;
  }
  yield* ordered();
}

/**
 * Every circuit, the troubled first. Nothing is remembered in between: one that changes meanwhile may come twice.
 *
 * @param began when the listing began, by the store's clock: who opened since then was closed for the first part
 */
export async function* listAll(list: Lister, options: ListOptions, began: number): AsyncGenerator<NamedRecord> {
  yield* byName(listTroubled(list, options));
  for await (const entry of list(options)) if (!isTroubled(entry.record) || entry.record.since >= began) yield entry;
}
