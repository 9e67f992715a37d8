import type { Clock, Unwatch, WatchEvent, WatchListener } from '@circuitry/core';
import type { Link } from '../connection/link.js';
import type { ClientModel } from '../connection/redis-connection.js';
import { storageFailure, type Attempt } from '../connection/storage-failure.js';
import { ClusterSubscription } from './cluster-subscription.js';
import { Inbox } from './inbox.js';
import type { ShardChannels } from './shard-channels.js';
import { Subscription } from './subscription.js';

/** What {@link Watchers} is made of. */
export interface WatchersOptions {
  readonly link: Link;
  /** What the connection for messages is opened with. */
  readonly model: ClientModel;
  /** What `store.lua` publishes on: on a Cluster, where none of the sharded channels can be had. */
  readonly channel: string;
  readonly shardChannels: ShardChannels;
  readonly clock: Clock;
}

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
    const options = {
      ...this.#options,
      onMessage: new Inbox(this.#options.clock, (event) => this.#tell(event)).take,
      onGap: (): void => this.#tell({ type: 'missed' }),
    };
    const { isCluster, listener } = options.model;
    if (!isCluster) return new Subscription({ ...options, shardChannels: [] });
    if (listener === undefined) return new ClusterSubscription(options);
    const shardChannels = options.shardChannels.all.map(({ channel }) => channel);
    return new Subscription({ ...options, model: listener, shardChannels });
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
