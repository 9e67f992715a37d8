import { StorageError, type NamedRecord } from '@circuitry/core';
import type { Cluster, Redis } from 'ioredis';
import { isCluster } from './connection.js';
import type { KeyNames } from './key-names.js';
import type { RedisClient } from './script-runner.js';

/** What a listing needs of its backend. */
export interface Listing {
  readonly client: RedisClient;
  readonly keys: KeyNames;
  readonly namePrefix: string;
  readonly pageSize: number;
  /** Runs one step under the call's signal. */
  readonly step: <T>(work: () => Promise<T>) => Promise<T>;
  /** The records of these names; those that are gone are left out. */
  readonly read: (names: readonly string[]) => Promise<NamedRecord[]>;
}

/**
 * Every record of a prefix, by SCAN over every master, a page at a time (clause I1).
 *
 * SCAN yields what is there throughout at least once, on one server. On a Cluster a slot that moves between masters
 * during the listing may carry a record past it.
 */
export async function* listRecords(listing: Listing): AsyncGenerator<NamedRecord> {
  const { keys, namePrefix, pageSize, step, read } = listing;
  const pattern = keys.recordPattern(namePrefix);
  for (const master of await step(() => mastersOf(listing.client))) {
    let cursor = '0';
    do {
      const [next, found] = await step(() => master.scan(cursor, 'MATCH', pattern, 'COUNT', pageSize));
      cursor = next;
      for (let start = 0; start < found.length; start += pageSize) {
        yield* await read(found.slice(start, start + pageSize).map((key) => keys.nameOf(key)));
      }
    } while (cursor !== '0');
  }
}

/** Every server that owns slots. One that can't be reached must not make its circuits silently absent. */
async function mastersOf(client: RedisClient): Promise<Redis[]> {
  if (!isCluster(client)) return [client];
  const connected = client.nodes('master');
  const owners = await slotOwners(client);
  if (connected.length < owners) {
    throw new StorageError(
      `Could not list circuits: the Cluster has ${owners} masters, and only ${connected.length} are connected. ` +
        'The same call may succeed once the failover is over.',
    );
  }
  return connected;
}

async function slotOwners(client: Cluster): Promise<number> {
  const ranges = (await client.cluster('SLOTS')) as unknown as [number, number, [string, number, string]][];
  return new Set(ranges.map(([, , [, , id]]) => id)).size;
}
