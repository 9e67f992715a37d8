import type { NamedRecord } from '@circuitry/core';
import type { Item } from '../item/item.js';
import { readCircuit } from '../item/read-circuit.js';
import type { OpenCalls } from '../requests/open-calls.js';
import type { ReadsParts } from './reads.js';

/** A listing under way. */
export interface Listing {
  readonly prefix: string;
  readonly pageSize: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Pages through the whole table: only keys tell which items are circuits. */
export async function* listCircuits(
  parts: ReadsParts & { readonly calls: OpenCalls },
  { prefix, pageSize, signal: outer }: Listing,
): AsyncGenerator<NamedRecord[]> {
  const { keys, requests, calls } = parts;
  // DynamoDB compares bytes: half a surrogate pair at the prefix's end is left for `startsWith`.
  const beginning = keys.beginning('circuit') + prefix.replace(/[\uD800-\uDBFF]$/, '');
  let from: Item | undefined;
  do {
    const request = { partitionKey: keys.partitionKey, beginning, limit: pageSize, from };
    const page = await calls.run(outer, (signal) => requests.scan(request, { name: null, signal }));
    yield recordsOf(page.Items ?? [], prefix, parts);
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
}

function recordsOf(items: readonly Item[], prefix: string, { keys, time }: ReadsParts): NamedRecord[] {
  const records: NamedRecord[] = [];
  for (const item of items) {
    const name = keys.circuitNameOf(item);
    if (name === null || !name.startsWith(prefix)) continue;
    const stored = readCircuit(name, item, time.now());
    if (stored !== null) records.push({ name, record: stored.record });
  }
  return records;
}
