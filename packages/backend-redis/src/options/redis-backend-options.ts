import { systemClock, type Clock } from '@circuitry/core';
import { flag, objectWith, optional, readOptions, type Reader } from '@circuitry/core/backend';
import { modelOf, type RedisClient } from '../clients/client-models.js';
import type { ClientModel } from '../connection/redis-connection.js';

/** How a {@link RedisBackend} is made. */
export interface RedisBackendOptions {
  /**
   * An ioredis `Redis` or `Cluster` (5.3 or later, 6), a node-redis client, cluster or sentinel (`redis` 5 or later), or
   * valkey-glide's `GlideClient` or `GlideClusterClient` (2.3 or later), with or without TLS or an ACL user. It says where the server is and who we are; the backend opens connections of its
   * own with the options that it has at that moment, so a new password or host is taken up. It stays the caller's.
   */
  readonly client: RedisClient;
  /** What every key begins with. Two backends with different prefixes never see each other. Default `'circuitry'`. */
  readonly prefix?: string | undefined;
  /** Whether answers carry the server's clock, which then decides for all workers. Default true. */
  readonly serverTime?: boolean | undefined;
  /**
   * An odd number of clients to independent servers: a lock is held by whoever holds it on most of them. Default: the
   * lock lives where the circuits live. They stay the caller's, and are used as `client` is.
   */
  readonly lockClients?: readonly RedisClient[] | undefined;
  /**
   * A client to the same server, with whose options the connection for messages is opened, at the first `watch`; another
   * user, for example. Not for a Cluster, where one to each master is needed. Default: `client`.
   */
  readonly subscriber?: RedisClient | undefined;
  /** Times the waiting for locks, and their end. Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** The options as the backend uses them. */
export interface ReadOptions {
  readonly client: ClientModel;
  readonly prefix: string;
  readonly serverTime: boolean;
  /** Null: locks live where the circuits live. */
  readonly lockClients: readonly ClientModel[] | null;
  readonly subscriber: ClientModel | null;
  readonly clock: Clock;
}

/** @throws InvalidSettingsError with every fault at once */
export function readBackendOptions(options: RedisBackendOptions): ReadOptions {
  return readOptions(readers, options, (read, problems) => {
    if (read.subscriber === null || problems.length > 0) return;
    const problem = { name: 'subscriber', value: options.subscriber };
    if (read.client.isCluster) {
      problems.push({ ...problem, expected: 'nothing for a Cluster, where each master gets a connection' });
    } else if (read.subscriber.isCluster) {
      problems.push({ ...problem, expected: 'a client to one server' });
    }
  });
}

/** Models are made before the clock is read: what they time is how long closing may take, which is no matter of the caller's clock. */
const client: Reader<ClientModel> = (name, value, problems) => {
  const model = modelOf(value, systemClock);
  if (model === null) problems.push({ name, value: kindOf(value), expected: clientExpected });
  return model as ClientModel;
};

const clientExpected =
  "a client of ioredis (5.3 or later), of node-redis ('redis' 5 or later) or of valkey-glide (2.3 or later): a Redis, a " +
  'Cluster, what createClient, createCluster or createSentinel answers, a GlideClient or a GlideClusterClient';

const prefix: Reader<string> = (name, value, problems) => {
  if (typeof value !== 'string' || !value.isWellFormed()) {
    problems.push({ name, value, expected: 'a well-formed string' });
  }
  return value as string;
};

const lockClients: Reader<readonly ClientModel[]> = (name, value, problems) => {
  if (!Array.isArray(value)) {
    problems.push({ name, value, expected: 'an array of clients' });
    return [];
  }
  const models = value.map((each, index) => client(`${name}[${index}]`, each, problems));
  const problem = fault(value);
  if (problem !== null) problems.push({ name, value: `${value.length} clients`, expected: problem });
  return models;
};

/** redlock never settles on a split vote, and an even number is no safer than the odd one below it. */
function fault(clients: readonly unknown[]): string | null {
  if (clients.length % 2 === 0) return 'an odd number of clients';
  return new Set(clients).size === clients.length ? null : 'different clients';
}

/** What is told of a client that is none: never the thing itself, which may hold a password. */
function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? `a ${value.constructor?.name ?? 'bare object'}` : value;
}

const readers = {
  client,
  prefix: optional(prefix, 'circuitry'),
  serverTime: optional(flag(), true),
  lockClients: optional(lockClients, null),
  subscriber: optional(client, null),
  clock: optional(objectWith<Clock>('now', 'after'), systemClock),
};
