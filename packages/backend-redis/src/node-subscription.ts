import { StorageError, type Clock } from '@circuitry/core';
import type { Redis } from 'ioredis';
import { subscriberOf } from './connection.js';
import { endClient } from './end-client.js';

/** What a {@link NodeSubscription} is made of. */
export interface NodeSubscriptionOptions {
  /** The client's own connection to that master; it is left alone. */
  readonly node: Redis;
  /** The sharded channels that live there. */
  readonly shardChannels: readonly string[];
  /** An ordinary channel; null: none. */
  readonly channel: string | null;
  readonly clock: Clock;
  readonly onMessage: (text: string) => void;
}

/**
 * One connection to one master of a Cluster, that listens to some channels until anything happens to it.
 *
 * It never mends itself: once it is {@link broken} another takes its place.
 */
export class NodeSubscription {
  /** Settles once the server has confirmed every channel. */
  readonly opened: Promise<void>;
  /** Resolves with the reason when this connection is of no more use; never, if it is closed before. */
  readonly broken: Promise<Error>;
  readonly #options: NodeSubscriptionOptions;
  readonly #redis: Redis;
  #break: (error: Error) => void = () => {};
  /** Redis 6.2 has no sharded channels: who publishes there finds that out in the same way. */
  #hasShards = true;
  #isAsked = false;

  constructor(options: NodeSubscriptionOptions) {
    this.#options = options;
    this.#redis = subscriberOf(options.node);
    this.broken = new Promise((resolve) => (this.#break = resolve));
    this.#redis.on('message', this.#onMessage);
    this.#redis.on('smessage', this.#onMessage);
    this.#redis.on('close', () => this.#break(new Error('The connection ended')));
    // ioredis 5 has no better word for a channel that the server took away, nor does 6 for one that it refused.
    this.#redis.on('error', (error) => this.#break(error));
    this.#redis.on('moved', () => this.#break(new Error('The slot of a channel is on another node now')));
    const broken = this.broken.then((error) => Promise.reject(error));
    this.opened = Promise.race([this.#redis.connect().then(() => this.#subscribe()), broken]);
    this.opened.catch(() => {});
  }

  /** Whether it listens to exactly these. */
  listensTo(shardChannels: readonly string[], channel: string | null): boolean {
    const mine = this.#options;
    return mine.channel === channel && mine.shardChannels.join() === shardChannels.join();
  }

  /** Finds out whether the server is still there, and a subscription with it; called at intervals. */
  check(): void {
    if (this.#isAsked) return this.#break(new Error('The server does not answer'));
    this.#isAsked = true;
    this.#ask().then(() => (this.#isAsked = false), this.#break);
  }

  async close(): Promise<void> {
    this.#redis.off('message', this.#onMessage);
    this.#redis.off('smessage', this.#onMessage);
    await endClient(this.#redis, this.#options.clock);
  }

  readonly #onMessage = (_: string, text: string): void => this.#options.onMessage(text);

  async #subscribe(): Promise<void> {
    const { channel, shardChannels } = this.#options;
    const [first, ...others] = this.#hasShards ? shardChannels : [];
    if (first !== undefined) this.#hasShards = await this.#subscribeShard(first);
    // One command each: together they must be of one slot.
    const answers: Promise<unknown>[] = this.#hasShards ? others.map((name) => this.#redis.ssubscribe(name)) : [];
    if (channel !== null) answers.push(this.#redis.subscribe(channel));
    await Promise.all(answers);
  }

  /** To subscribe to what one is subscribed to changes nothing. */
  async #ask(): Promise<void> {
    const [first] = this.#options.shardChannels;
    if (this.#hasShards && first !== undefined) await this.#redis.ssubscribe(first);
    else await this.#redis.ping();
  }

  /** Answers whether the server has sharded channels at all. */
  async #subscribeShard(channel: string): Promise<boolean> {
    try {
      const answer = await this.#redis.ssubscribe(channel);
      // An ioredis that doesn't know the command hands on the reply, and would drop the messages.
      if (typeof answer === 'object') throw tooOld();
      return true;
    } catch (error) {
      if (/^ERR unknown command/i.test((error as Error).message)) return false;
      throw error;
    }
  }
}

function tooOld(): StorageError {
  const what =
    'Could not watch circuits: this ioredis knows no sharded channels. On a Cluster, use ioredis 5.3 or later.';
  return new StorageError(what, { retriable: false });
}
