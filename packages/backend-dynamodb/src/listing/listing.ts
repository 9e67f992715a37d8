import type { NamedRecord } from '@circuitry/core';
import type { PendingCalls } from '@circuitry/core/backend';
import type { ReadsParts } from '../circuit/reads.js';
import type { Item } from '../record/item.js';
import { readCircuit } from '../record/read-circuit.js';
import { scanPage } from './pages.js';

/** What is listed. */
export interface Listing {
  readonly prefix: string;
  readonly pageSize: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What listing circuits takes. */
export interface ListingParts extends ReadsParts {
  readonly calls: PendingCalls;
}

/** Pages through the whole table: only keys tell which items are circuits. */
export async function* listAll(
  parts: ListingParts,
  { prefix, pageSize, signal: outer }: Listing,
): AsyncGenerator<NamedRecord[]> {
  const { keys, requests, calls } = parts;
  // DynamoDB compares bytes: half a surrogate pair at the prefix's end is left for `startsWith`.
  const beginning = keys.beginning('circuit') + prefix.replace(/[\uD800-\uDBFF]$/, '');
  let from: Item | undefined;
  do {
    const range = { partitionKey: keys.partitionKey, beginning, limit: pageSize, from };
    const page = await calls.run(outer, (signal) => scanPage(requests, range, { name: null, signal }));
    yield page.items.flatMap((item) => namedRecord(item, prefix, parts) ?? []);
    from = page.next;
  } while (from !== undefined);
}

/** What an item says of a circuit whose name begins so; null for any other item, and for one whose ttl is over. */
export function namedRecord(item: Item, prefix: string, { keys, time }: ReadsParts): NamedRecord | null {
  const name = keys.circuitNameOf(item);
  if (name === null || !name.startsWith(prefix)) return null;
  const stored = readCircuit(name, item, time.now());
  return stored === null ? null : { name, record: stored.record };
}
