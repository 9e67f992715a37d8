import type { Clock, Unwatch, WatchEvent, WatchListener } from '@circuitry/core';
import type { Redis } from 'ioredis';
import * as z from 'zod/mini';
import { ClusterSubscription } from './cluster-subscription.js';
import { isCluster, type Connection } from './connection.js';
import { parseFields } from './parse-reply.js';
import type { ShardChannels } from './shard-channels.js';
import { storageFailure, type Attempt } from './storage-failure.js';
import { Subscription } from './subscription.js';

/** What {@link Watchers} is made of. */
export interface WatchersOptions {
  readonly connection: Connection;
  /** What `store.lua` publishes on: on a Cluster, where none of the sharded channels can be had. */
  readonly channel: string;
  readonly shardChannels: ShardChannels;
  readonly clock: Clock;
  /** The caller's own connection for messages; null: one is opened while anybody watches. */
  readonly subscriber: Redis | null;
}

const messageSchema = z.tuple([z.string()], z.string());

/** Those who are told of transitions, and what they share: one connection, on a Cluster one per master. */
export class Watchers {
  readonly #options: WatchersOptions;
  readonly #listeners = new Set<{ readonly listener: WatchListener }>();
  #subscription: Subscription | ClusterSubscription | null = null;

  constructor(options: WatchersOptions) {
    this.#options = options;
  }

  /** Settles once every later store will be heard of (W1). */
  async add(listener: WatchListener, attempt: Attempt, signal: AbortSignal | undefined): Promise<Unwatch> {
    // Its own object, so that one listener added twice is two watchers.
    const entry = { listener };
    this.#listeners.add(entry);
    const abandon = (): void => void this.#remove(entry);
    signal?.addEventListener('abort', abandon);
    try {
      this.#subscription ??= this.#subscribe();
      await this.#subscription.started;
    } catch (error) {
      await this.#remove(entry);
      throw storageFailure(error, attempt);
    } finally {
      signal?.removeEventListener('abort', abandon);
    }
    return () => this.#remove(entry);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#stop();
  }

  #subscribe(): Subscription | ClusterSubscription {
    const { client } = this.#options.connection;
    const options = {
      ...this.#options,
      onMessage: (text: string): void => this.#tell(eventOf(text)),
      onGap: (): void => this.#tell({ type: 'missed' }),
    };
    return isCluster(client)
      ? new ClusterSubscription({ ...options, client })
      : new Subscription({ ...options, client });
  }

  async #remove(entry: { readonly listener: WatchListener }): Promise<void> {
    this.#listeners.delete(entry);
    if (this.#listeners.size === 0) await this.#stop();
  }

  async #stop(): Promise<void> {
    const subscription = this.#subscription;
    this.#subscription = null;
    await subscription?.stop();
  }

  #tell(event: WatchEvent): void {
    for (const { listener } of [...this.#listeners]) {
      try {
        listener(event);
      } catch {
        // A watcher that throws is its owner's fault; the others hear of it all the same (WatchListener).
      }
    }
  }
}

/** What a message says. One that can't be read may have been about anything. */
function eventOf(text: string): WatchEvent {
  try {
    const [name, ...fields] = messageSchema.parse(JSON.parse(text));
    return { type: 'transition', name, record: parseFields(name, fields) };
  } catch {
    return { type: 'missed' };
  }
}
