import {
  assertName,
  StorageError,
  type CallOptions,
  type ListOptions,
  type NamedRecord,
  type Reading,
} from '@circuitry/core';
import { copyOf, isTroubled, type PendingCalls } from '@circuitry/core/backend';
import type { KeyNames } from '../circuit/key-names.js';
import type { ClusterView } from '../connection/redis-connection.js';
import type { Connection, Requests } from '../connection/requests.js';
import type { TroubledIndex } from './troubled-index.js';

/** What {@link Listing} is made of. */
export interface ListingParts {
  readonly requests: Requests;
  readonly calls: PendingCalls;
  readonly keys: KeyNames;
  readonly index: TroubledIndex;
  readonly retrieve: (name: string, options: CallOptions) => Promise<Reading>;
}

/** Where one SCAN goes on: a master of a Cluster, or the one server. */
type Owner = string | null;

/** A page of a scan: where the next begins, '0' after the last, and what was found. */
type Page = readonly [cursor: string, found: readonly string[]];

/** What one listing asks for. */
type Asked = Required<Pick<ListOptions, 'prefix' | 'pageSize'>> & CallOptions;

const attempt = { verb: 'list circuits', writes: false };

/** `list`: every record by SCAN over every master, or the troubled ones by their index; a page at a time. */
export class Listing {
  readonly #parts: ListingParts;

  constructor(parts: ListingParts) {
    this.#parts = parts;
  }

  async *list(options: ListOptions): AsyncGenerator<NamedRecord> {
    const { prefix = '', pageSize = 100, only, signal } = options;
    const asked = { prefix, pageSize, ...(signal && { signal }) };
    const records = only === 'troubled' ? this.#troubled(asked) : this.#all(asked);
    for await (const entry of records) {
      yield entry;
      this.#parts.calls.begin(signal);
    }
  }

  /**
   * SCAN yields what is there throughout at least once, on one server (clause I1). On a Cluster a slot that moves between
   * masters during the listing may carry a record past it.
   */
  async *#all(asked: Asked): AsyncGenerator<NamedRecord> {
    const { keys } = this.#parts;
    const pattern = keys.recordPattern(asked.prefix);
    for (const owner of await this.#send(asked, '', (connection) => ownersOf(connection))) {
      const scan = (cursor: string): Promise<Page> => {
        const words = ['scan', cursor, 'MATCH', pattern, 'COUNT', String(asked.pageSize)];
        return this.#send(asked, '', (connection) => sendTo(connection, owner, words) as Promise<Page>);
      };
      for await (const found of pagesOf(scan, asked.pageSize)) {
        yield* await this.#read(found.map((key) => keys.nameOf(key)).filter(isName), asked);
      }
    }
  }

  /**
   * Its cost is the index's length (clause I3). A name whose circuit is troubled no more, or gone, is taken off; by the next
   * listing that may write, where this one may not.
   */
  async *#troubled(asked: Asked): AsyncGenerator<NamedRecord> {
    const { index } = this.#parts;
    for (const set of index.sets) {
      const scan = (cursor: string): Promise<Page> => {
        const words = ['sscan', set, cursor, 'COUNT', String(asked.pageSize)];
        return this.#send(asked, set, (connection) => connection.send(set, words) as Promise<Page>);
      };
      for await (const found of pagesOf(scan, asked.pageSize)) {
        const names = found.filter((name) => name.startsWith(asked.prefix) && isName(name));
        const troubled = (await this.#read(names, asked)).filter(({ record }) => isTroubled(record));
        const kept = new Set(troubled.map(({ name }) => name));
        const stale = names.filter((name) => !kept.has(name));
        await Promise.all(stale.map((name) => index.mend(name, asked.signal).catch(() => {})));
        yield* troubled;
      }
    }
  }

  /** The records of these names; those that are gone are left out. */
  async #read(names: readonly string[], options: CallOptions): Promise<NamedRecord[]> {
    const readings = await Promise.all(names.map((name) => this.#parts.retrieve(name, options)));
    // Its reader's own: the one that was read is remembered, and the next calls go by it.
    return readings.flatMap(({ record }, at) =>
      record === null ? [] : [{ name: names[at] as string, record: copyOf(record) }],
    );
  }

  #send<T>({ signal }: Asked, key: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    this.#parts.calls.begin(signal);
    return this.#parts.requests.send({ attempt, signal, key, work });
  }
}

async function* pagesOf(scan: (cursor: string) => Promise<Page>, pageSize: number): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  do {
    const [next, found] = await scan(cursor);
    cursor = String(next);
    for (let start = 0; start < found.length; start += pageSize) yield found.slice(start, start + pageSize);
  } while (cursor !== '0');
}

/** Every server that owns slots. */
async function ownersOf(connection: Connection): Promise<readonly Owner[]> {
  const { cluster } = connection;
  if (cluster === null) return [null];
  const ranges = (await connection.send('', ['cluster', 'SLOTS'])) as [number, number, [unknown, unknown, unknown]][];
  const masters = new Set(ranges.map(([, , [, , id]]) => String(id)));
  const owners = knownOwners(ranges, cluster);
  if (owners.size >= masters.size) return [...owners];
  // One that can't be reached must not make its circuits silently absent.
  throw new StorageError(
    `Could not list circuits: the Cluster has ${masters.size} masters, and only ${owners.size} are connected. ` +
      'The same call may succeed once the failover is over.',
  );
}

function knownOwners(ranges: readonly (readonly [number, ...unknown[]])[], cluster: ClusterView): ReadonlySet<string> {
  const owners = ranges.map(([first]) => cluster.ownerOf(Number(first)));
  return new Set(owners.filter((owner) => owner !== undefined));
}

function sendTo(connection: Connection, owner: Owner, words: readonly string[]): Promise<unknown> {
  if (owner === null || connection.cluster === null) return connection.send('', words);
  return connection.cluster.sendTo(owner, words);
}

/** Whether a circuit can have this name: of a key that somebody else wrote under our prefix it is none, and no listing fails for it. */
function isName(name: string): boolean {
  try {
    assertName(name);
    return true;
  } catch {
    return false;
  }
}
