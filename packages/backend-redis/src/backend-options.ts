import type { Clock } from '@circuitry/core';
import type { Redis } from 'ioredis';
import type { RedisClient } from './script-runner.js';

/** How a {@link RedisBackend} is made. */
export interface RedisBackendOptions {
  /**
   * An ioredis `Redis` or `Cluster` (5 or 6), with or without Sentinel, TLS or an ACL user. It stays the caller's: the
   * backend never closes it. Unless it was made with `maxRetriesPerRequest: 0` (`Cluster`: `retryDelayOnFailover: 0`)
   * the backend opens one connection of its own with the same options and that one, so that no write is sent twice.
   */
  readonly client: RedisClient;
  /** What every key begins with. Two backends with different prefixes never see each other. Default `'circuitry'`. */
  readonly prefix?: string;
  /** Whether answers carry the server's clock, which then decides for all workers. Default true. */
  readonly serverTime?: boolean;
  /**
   * An odd number of clients to independent servers: a lock is held by whoever holds it on most of them. Default: the
   * lock lives where the circuits live. They stay the caller's.
   */
  readonly lockClients?: readonly RedisClient[];
  /**
   * A connection for messages only, used by `watch`; it stays the caller's. Not for a Cluster, where one to each master
   * is needed. Default: the backend opens what it needs at the first `watch` and closes it after the last.
   */
  readonly subscriber?: Redis;
  /** Times the waiting for locks, and their end. Default: the system's clock. */
  readonly clock?: Clock;
}

const known = ['client', 'prefix', 'serverTime', 'lockClients', 'subscriber', 'clock'];

/**
 * Checks what a caller without types may have passed, and names every fault at once.
 *
 * @throws TypeError
 */
export function checkOptions(options: RedisBackendOptions): void {
  const faults: string[] = [];
  if (!isClient(options?.client)) faults.push('client: must be an ioredis Redis or Cluster');
  const { prefix = '', serverTime = true, lockClients, subscriber } = options ?? {};
  if (
    typeof prefix !== 'string' ||
    /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(prefix)
  ) {
    faults.push('prefix: must be a well-formed string');
  }
  if (typeof serverTime !== 'boolean') faults.push('serverTime: must be true or false');
  if (lockClients !== undefined) {
    if (!Array.isArray(lockClients) || !lockClients.every(isClient)) {
      faults.push('lockClients: must be an array of ioredis clients');
    } else if (lockClients.length % 2 === 0) {
      // redlock never settles on a split vote, and an even number is no safer than the odd one below it.
      faults.push(`lockClients: must be an odd number of clients; there are ${lockClients.length}`);
    } else if (new Set(lockClients).size !== lockClients.length) {
      faults.push('lockClients: must be different clients');
    }
  }
  if (subscriber !== undefined && (!isClient(subscriber) || subscriber.isCluster)) {
    faults.push('subscriber: must be an ioredis Redis');
  } else if (subscriber !== undefined && options.client?.isCluster) {
    faults.push('subscriber: must be left out for a Cluster, where the backend opens a connection to each master');
  }
  for (const option of Object.keys(options ?? {})) {
    if (!known.includes(option)) faults.push(`${option}: is no option (there are ${known.join(', ')})`);
  }
  if (faults.length > 0) throw new TypeError(`RedisBackend can't be made:\n- ${faults.join('\n- ')}`);
}

function isClient(value: unknown): value is RedisClient {
  if (typeof value !== 'object' || value === null) return false;
  const { evalsha, duplicate, isCluster } = value as Partial<RedisClient>;
  return typeof evalsha === 'function' && typeof duplicate === 'function' && typeof isCluster === 'boolean';
}
