import {
  assertName,
  type CallOptions,
  type Change,
  type CircuitRecord,
  type Delta,
  type Lease,
  type ListOptions,
  type LockOptions,
  type NamedRecord,
  type Reading,
  type StorageBackend,
  type StoreOptions,
  type Unwatch,
  type WatchListener,
  type WriteOptions,
} from '@circuitry/core';
import { PendingCalls, vouchFor } from '@circuitry/core/backend';
import { Circuits } from './circuit/circuits.js';
import { KeyNames } from './circuit/key-names.js';
import { Link } from './connection/link.js';
import { Requests } from './connection/requests.js';
import { outOfTime } from './connection/storage-failure.js';
import { Listing } from './listing/listing.js';
import { TroubledIndex } from './listing/troubled-index.js';
import { Locks } from './lock/locks.js';
import { MostServers } from './lock/most-servers.js';
import { OneServer } from './lock/one-server.js';
import { TokenFloor } from './lock/token-floor.js';
import { readBackendOptions, type RedisBackendOptions } from './options/redis-backend-options.js';
import { ShardChannels } from './push/shard-channels.js';
import { Watchers } from './push/watchers.js';

/**
 * Circuits on Redis or Valkey: one server, Sentinel or Cluster.
 *
 * Each circuit is one string, `prefix:{name}`, that a person can read with `GET`.
 */
export class RedisBackend implements StorageBackend {
  readonly contractVersion = 1;
  readonly #calls: PendingCalls;
  readonly #links: readonly Link[];
  readonly #circuits: Circuits;
  readonly #locks: Locks;
  readonly #listing: Listing;
  readonly #watchers: Watchers;

  /** @throws InvalidSettingsError that names every option that is wrong. */
  constructor(options: RedisBackendOptions) {
    const { client, prefix, serverTime, lockClients, subscriber, clock } = readBackendOptions(options);
    const calls = new PendingCalls('This RedisBackend', clock);
    const link = new Link(client, clock);
    const lockLinks = lockClients?.map((each) => new Link(each, clock)) ?? [];
    const requests = new Requests(link, calls);
    const keys = new KeyNames(client.keyPrefix + prefix);
    const shardChannels = new ShardChannels(keys);
    const index = new TroubledIndex({ keys, requests, isCluster: client.isCluster });
    const tokenFloor = new TokenFloor();
    const keeper =
      lockClients === null
        ? new OneServer(requests, keys, clock, tokenFloor)
        : new MostServers(lockLinks, requests, keys, clock, tokenFloor);
    this.#calls = calls;
    this.#links = [link, ...lockLinks];
    for (const each of this.#links) each.openEarly();
    this.#circuits = new Circuits({ requests, calls, keys, shardChannels, index, tokenFloor, givesNow: serverTime });
    this.#locks = new Locks({ keeper, calls, clock });
    const retrieve = (name: string, call: CallOptions): Promise<Reading> => this.retrieve(name, call);
    this.#listing = new Listing({ requests, calls, keys, index, retrieve });
    this.#watchers = new Watchers({ link, model: subscriber ?? client, channel: keys.channel, shardChannels, clock });
    if (new.target === RedisBackend) vouchFor(this);
  }

  retrieve(name: string, options?: CallOptions): Promise<Reading> {
    return this.#circuits.retrieve(name, options);
  }

  apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    return this.#circuits.apply(name, revision, delta, options);
  }

  store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    return this.#circuits.store(name, revision, next, options);
  }

  async lock(name: string, options: LockOptions): Promise<Lease> {
    assertName(name);
    this.#calls.begin(options.signal);
    return this.#locks.acquire(name, options);
  }

  delete(name: string, options?: CallOptions): Promise<void> {
    return this.#circuits.delete(name, options);
  }

  /** In no order. `pageSize` is what SCAN is given as COUNT; default 100. */
  list(options: ListOptions = {}): AsyncGenerator<NamedRecord> {
    return this.#listing.list(options);
  }

  async watch(listener: WatchListener, options?: CallOptions): Promise<Unwatch> {
    this.#calls.begin(options?.signal);
    const attempt = { verb: 'watch circuits', writes: false };
    return this.#calls.track(this.#watchers.add(listener, attempt, options?.signal), options?.signal, {
      onAbort: (reason) => outOfTime(reason, attempt),
    });
  }

  /** Ends the connections that this backend opened; those that it was given go on. */
  async close(): Promise<void> {
    await Promise.all([this.#calls.close(), this.#watchers.close(), ...this.#links.map((link) => link.close())]);
  }
}
