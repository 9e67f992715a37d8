import type { Clock } from '@circuitry/core';
import type { Redis } from 'ioredis';
import { endClient } from './end-client.js';
import { subscriberOf, type Connection } from './connection.js';

/** What a {@link Subscription} is made of. */
export interface SubscriptionOptions {
  readonly client: Redis;
  readonly connection: Connection;
  readonly channel: string;
  readonly clock: Clock;
  /** The caller's own connection for messages; null: one is opened. */
  readonly subscriber: Redis | null;
  readonly onMessage: (text: string) => void;
  /** Messages may have been lost; from now on they come again. */
  readonly onGap: () => void;
}

/** How long after the end of a connection that doesn't come back by itself another is opened, ms. */
const reopenAfter = 200;

/**
 * One connection that listens to one channel, and goes on after every failure until it is stopped.
 *
 * Redis keeps no message for a subscriber that is away, so each time it is back it says that there may be a gap.
 */
export class Subscription {
  /** Settles once the server has confirmed the first subscription. */
  readonly started: Promise<void>;
  readonly #options: SubscriptionOptions;
  #redis: Redis | null = null;
  #confirmed = false;
  #stopped = false;
  #cancelReopening = (): void => {};

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.started = this.#open();
    this.started.catch(() => {});
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelReopening();
    const redis = this.#redis;
    this.#redis = null;
    if (redis === null) return;
    this.#ignore(redis);
    if (redis === this.#options.subscriber) await redis.unsubscribe(this.#options.channel).catch(() => {});
    else await endClient(redis, this.#options.clock);
  }

  readonly #onMessage = (channel: string, text: string): void => {
    if (channel === this.#options.channel) this.#options.onMessage(text);
  };

  /** The connection is back: subscribe again, and say so. */
  readonly #onReady = (): void => {
    if (this.#confirmed) void this.#subscribe().then(this.#options.onGap, () => {});
  };

  /** It won't come back by itself, for its retryStrategy gave up: open another. */
  readonly #onEnd = (): void => {
    if (this.#stopped || !this.#confirmed) return;
    this.#cancelReopening = this.#options.clock.after(reopenAfter, () => void this.#reopen(), { background: true });
  };

  async #open(): Promise<void> {
    const redis = this.#options.subscriber ?? (await this.#connect());
    this.#redis = redis;
    redis.on('message', this.#onMessage);
    redis.on('ready', this.#onReady);
    redis.on('end', this.#onEnd);
    try {
      await this.#subscribe();
    } catch (error) {
      this.#ignore(redis);
      this.#redis = null;
      if (redis !== this.#options.subscriber) await endClient(redis, this.#options.clock);
      throw error;
    }
    this.#confirmed = true;
    if (this.#stopped) await this.stop();
  }

  async #reopen(): Promise<void> {
    if (this.#redis !== null) this.#ignore(this.#redis);
    this.#redis = null;
    try {
      await this.#open();
      if (!this.#stopped) this.#options.onGap();
    } catch {
      this.#onEnd();
    }
  }

  async #subscribe(): Promise<void> {
    await this.#redis?.subscribe(this.#options.channel);
  }

  async #connect(): Promise<Redis> {
    const { client, connection } = this.#options;
    if (!connection.ready) await connection.whenReady();
    const redis = subscriberOf(client);
    redis.on('error', ignoreError);
    try {
      await redis.connect();
    } catch (error) {
      await endClient(redis, this.#options.clock);
      throw error;
    }
    return redis;
  }

  #ignore(redis: Redis): void {
    redis.off('message', this.#onMessage);
    redis.off('ready', this.#onReady);
    redis.off('end', this.#onEnd);
  }
}

/** ioredis prints errors that nobody listens to; every one of these leads to a reconnection or a rejection. */
function ignoreError(): void {}
