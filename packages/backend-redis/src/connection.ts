import type { Clock } from '@circuitry/core';
import type { Cluster, Redis } from 'ioredis';
import { endClient, endsAtOnce } from './end-client.js';
import type { RedisClient } from './script-runner.js';

/** What ioredis says of a command whose connection ended. */
const connectionClosed = 'Connection is closed.';

/** Whether `client` speaks to a Redis Cluster. */
export function isCluster(client: RedisClient): client is Cluster {
  return client.isCluster;
}

/**
 * The connection that a backend's commands go over.
 *
 * An `apply` that ioredis sends a second time, because the connection broke before the first answer came, counts twice.
 * ioredis does that by default. So a client that would is not used itself: the backend makes a duplicate of it that
 * never does, and closes that one. A client made with the options in {@link neverResends} is used as it is.
 */
export class Connection {
  readonly client: RedisClient;
  /** What the user's client puts before every key; a duplicate doesn't, so the backend's own prefix must. */
  readonly keyPrefix: string;
  readonly #owned: boolean;
  readonly #clock: Clock;
  #lastError: unknown = null;
  #becomingReady: Promise<void> | null = null;
  readonly #noteError = (error: unknown): void => void (this.#lastError = error);

  constructor(client: RedisClient, clock: Clock) {
    this.#clock = clock;
    this.keyPrefix = String(client.options.keyPrefix ?? '');
    this.#owned = !neverResends(client) || this.keyPrefix !== '';
    this.client = this.#owned ? duplicateThatNeverResends(client) : client;
    // Without a listener ioredis prints errors; those of the user's own client are the user's to hear.
    if (this.#owned) this.client.on('error', this.#noteError);
  }

  /** Whether a command sent now goes out now. */
  get ready(): boolean {
    return this.client.status === 'ready';
  }

  /**
   * Settles with the attempt to connect that is under way, or the next one. Many calls wait on one promise.
   *
   * Commands are held back until then rather than queued by ioredis: a call that was given up meanwhile must not be
   * sent later, and one that was never sent can say so.
   */
  whenReady(): Promise<void> {
    this.#becomingReady ??= this.#nextReady().finally(() => (this.#becomingReady = null));
    return this.#becomingReady;
  }

  /** Whether the client was closed for good: no attempt to connect will follow. */
  get ended(): boolean {
    return this.client.status === 'end';
  }

  /** Looks for the primary again where a failure says that it is elsewhere now. */
  noteFailure(error: unknown): void {
    const message = error instanceof Error ? error.message : '';
    if (isCluster(this.client)) {
      // ioredis would look while it sends again, which is turned off here; else only every `slotsRefreshInterval`.
      if (message === connectionClosed) this.client.refreshSlotsCache();
    } else if (this.#owned && this.ready && message.includes('READONLY')) {
      // Demoted under an open connection: only a new one finds the present primary.
      this.client.disconnect(true);
    }
  }

  /** Ends what this object opened, and only that. */
  async close(): Promise<void> {
    if (this.#owned) await endClient(this.client, this.#clock);
  }

  #nextReady(): Promise<void> {
    const { client } = this;
    return new Promise<void>((resolve, reject) => {
      const onError = (error: unknown): void => void (this.#lastError = error);
      const onReady = (): void => settle(resolve);
      const onClose = (): void => settle(() => reject(toError(this.#lastError)));
      const settle = (then: () => void): void => {
        client.off('ready', onReady);
        client.off('close', onClose);
        client.off('end', onClose);
        client.off('error', onError);
        then();
      };
      client.on('ready', onReady);
      client.on('close', onClose);
      client.on('end', onClose);
      client.on('error', onError);
      if (client.status === 'ready') onReady();
      else if (client.status === 'end') settle(() => reject(new Error('the client was closed')));
      else if (client.status === 'wait') client.connect().catch(() => {});
    });
  }
}

/**
 * Whether a command whose answer was lost is given up, at once, rather than sent again.
 *
 * For `Redis`: `maxRetriesPerRequest: 0`, or no `retryStrategy`. (With `autoResendUnfulfilledCommands: false` alone
 * ioredis doesn't send it again, but doesn't reject it either.) For `Cluster`: `retryDelayOnFailover: 0`, and nodes
 * that don't reconnect by themselves, as is the default, or have `maxRetriesPerRequest: 0`.
 */
function neverResends(client: RedisClient): boolean {
  if (!isCluster(client)) return givesUpAtOnce(client.options);
  const { retryDelayOnFailover, redisOptions = {}, clusterNodeRetryStrategy } = client.options;
  return retryDelayOnFailover === 0 && givesUpAtOnce({ retryStrategy: clusterNodeRetryStrategy, ...redisOptions });
}

function givesUpAtOnce(options: { maxRetriesPerRequest?: unknown; retryStrategy?: unknown }): boolean {
  return options.maxRetriesPerRequest === 0 || typeof options.retryStrategy !== 'function';
}

function duplicateThatNeverResends(client: RedisClient): RedisClient {
  const common = {
    keyPrefix: '',
    lazyConnect: true,
    enableAutoPipelining: client.options.enableAutoPipelining ?? false,
  };
  if (!isCluster(client)) {
    return client.duplicate({ ...common, ...endsAtOnce, maxRetriesPerRequest: 0, enableOfflineQueue: false });
  }
  // ioredis 5 doesn't merge a Cluster's redisOptions with the ones it had.
  const redisOptions = {
    ...(client.options.redisOptions as object),
    ...endsAtOnce,
    keyPrefix: '',
    maxRetriesPerRequest: 0,
  };
  return client.duplicate([], { ...common, retryDelayOnFailover: 0, redisOptions });
}

/** A connection for messages to the server that `client` speaks to; made here, so closed here. */
export function subscriberOf(client: Redis): Redis {
  return client.duplicate({
    ...endsAtOnce,
    keyPrefix: '',
    lazyConnect: true,
    enableOfflineQueue: true,
    // The caller subscribes again itself, so as to know when it has.
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
}

function toError(error: unknown): Error {
  // Not instanceof: an error of Node's own is of another realm than a program that runs in a context of its own.
  return typeof error === 'object' && error !== null && 'message' in error
    ? (error as Error)
    : new Error(connectionClosed);
}
