import { StorageError, type NamedRecord } from '@circuitry/core';
import { isTroubled } from '@circuitry/core/backend';
import { attribute } from '../record/attributes.js';
import { Placeholders } from '../record/expression.js';
import type { Item } from '../record/item.js';
import { troubledName } from '../record/key.js';
import type { Call } from '../requests/requests.js';
import { listAll, namedRecord, type Listing, type ListingParts } from './listing.js';
import { getItems, mostAtOnce, troubledPage } from './pages.js';

/**
 * The circuits that are not closed or have an override (clause I3). The index says which items to read, and the items
 * themselves say what is so: it costs what it yields, whatever else the table holds.
 *
 * The index holds keys only, so that a settled call never writes to it: a circuit goes in with the first store that
 * troubles it, and out with the one that ends that.
 *
 * @throws StorageError that names the index where the table has none
 */
export async function* listTroubled(
  parts: ListingParts,
  index: string | null,
  listing: Listing,
): AsyncGenerator<NamedRecord[]> {
  if (index === null) {
    for await (const page of listAll(parts, listing)) yield page.filter(({ record }) => isTroubled(record));
    return;
  }
  const { keys, requests, calls } = parts;
  const { prefix, pageSize = mostAtOnce, signal: outer } = listing;
  const limit = Math.min(pageSize, mostAtOnce);
  for (const partition of keys.troubledPartitions()) {
    let from: Item | undefined;
    do {
      const range = { index, partition, beginning: troubledName(prefix), limit, from };
      const found = await calls.run(outer, (signal) =>
        troubledPage(requests, range, { name: null, signal }).catch((error: unknown) => {
          throw explainIndex(error, index, requests.tableName);
        }),
      );
      yield await calls.run(outer, (signal) => recordsOf(found.items, prefix, parts, { name: null, signal }));
      from = found.next;
    } while (from !== undefined);
  }
}

async function recordsOf(
  entries: readonly Item[],
  prefix: string,
  parts: ListingParts,
  call: Call,
): Promise<NamedRecord[]> {
  const { keys, requests } = parts;
  const wanted = entries.filter((entry) => keys.circuitNameOf(entry)?.startsWith(prefix) === true);
  const keysOf = wanted.map((entry) => keys.keyOf(entry));
  const records: NamedRecord[] = [];
  for (const item of await getItems(requests, keysOf, call)) {
    const entry = namedRecord(item, prefix, parts);
    if (entry !== null && isTroubled(entry.record)) records.push(entry);
    else await mend(item, parts, call);
  }
  return records;
}

/**
 * Takes an item out of the index that does not belong there: its ttl is over and DynamoDB has not deleted it yet, or
 * somebody else wrote to it. Best effort: whoever may only read goes on reading over it.
 */
async function mend(item: Item, { keys, requests }: ListingParts, call: Call): Promise<void> {
  const to = new Placeholders();
  const unchanged = [attribute.revision, attribute.endsAt].map((name) => {
    const value = item[name];
    return value === undefined ? `attribute_not_exists(${to.name(name)})` : `${to.name(name)} = ${to.value(value)}`;
  });
  const update = {
    Key: keys.keyOf(item),
    UpdateExpression: `REMOVE ${to.name(attribute.troubled)}, ${to.name(attribute.troubledName)}`,
    ConditionExpression: unchanged.join(' AND '),
    ReturnValues: 'ALL_OLD' as const,
    ...to.toInput(),
  };
  try {
    await requests.update(update, { ...call, repeatable: true });
  } catch {
    // It is asked for again at the next listing.
  }
}

/** DynamoDB tells of an index that it can't ask only in words. */
function explainIndex(error: unknown, index: string, tableName: string): unknown {
  const { cause } = error as { cause?: { name?: unknown; message?: unknown } };
  if (cause?.name !== 'ValidationException' || !/index/i.test(String(cause.message))) return error;
  const isBackfilling = /backfill/i.test(String(cause.message));
  const what = isBackfilling
    ? 'is still being filled by DynamoDB. Wait until it is ACTIVE'
    : 'is not there, or has another key. createCircuitTable() makes it; or set troubledIndex to false, and troubled ' +
      'circuits are looked for in the whole table';
  return new StorageError(
    `The index ${JSON.stringify(index)} of table ${JSON.stringify(tableName)}, which lists troubled circuits, ${what}.`,
    { cause, retriable: isBackfilling },
  );
}
