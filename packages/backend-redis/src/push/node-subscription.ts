import type { Clock } from '@circuitry/core';
import type { OnMessage, ServerConnection } from '../connection/redis-connection.js';
import { within } from '../time/within.js';

/** What a {@link NodeSubscription} is made of. */
export interface NodeSubscriptionOptions {
  /** A connection to one master of a Cluster, not connected yet; it is ended with this. */
  readonly connection: ServerConnection;
  /** The sharded channels that live there. */
  readonly shardChannels: readonly string[];
  /** An ordinary channel; null: none. */
  readonly channel: string | null;
  readonly clock: Clock;
  readonly onMessage: OnMessage;
}

/** The longest that it may take until a connection listens, ms. */
const patience = 10_000;

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
  #break: (error: Error) => void = () => {};
  #isClosed = false;
  /** Redis 6.2 has no sharded channels: who publishes there finds that out in the same way. */
  #hasShards = true;
  #isAsked = false;

  constructor(options: NodeSubscriptionOptions) {
    this.#options = options;
    this.broken = new Promise((resolve) => (this.#break = resolve));
    const broken = this.broken.then((error) => Promise.reject(error));
    this.opened = Promise.race([this.#open(), broken]);
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
    this.#isClosed = true;
    await this.#options.connection.end();
  }

  async #open(): Promise<void> {
    const { connection, clock } = this.#options;
    const listening = connection.connect().then(() => {
      connection.onEnd(this.#break);
      connection.onMoved(() => this.#break(new Error('The slot of a channel is on another node now')));
      return this.#subscribe();
    });
    if (
      (await within(
        listening.then(() => true),
        clock,
        patience,
      )) === null
    )
      throw new Error('The server does not answer');
  }

  readonly #onMessage = (text: string): void => {
    if (!this.#isClosed) this.#options.onMessage(text);
  };

  async #subscribe(): Promise<void> {
    const { connection, channel, shardChannels } = this.#options;
    const [first, ...others] = this.#hasShards ? shardChannels : [];
    if (first !== undefined) this.#hasShards = await this.#subscribeShard(first);
    // One command each: together they must be of one slot.
    const answers: Promise<unknown>[] = [];
    if (this.#hasShards) answers.push(...others.map((name) => connection.subscribeShard(name, this.#onMessage)));
    if (channel !== null) answers.push(connection.subscribe(channel, this.#onMessage));
    await Promise.all(answers);
  }

  /** To subscribe to what one is subscribed to changes nothing. */
  async #ask(): Promise<void> {
    const { connection, shardChannels } = this.#options;
    const [first] = shardChannels;
    if (this.#hasShards && first !== undefined) await connection.send(first, ['ssubscribe', first]);
    else await connection.send('', ['ping']);
  }

  /** Answers whether the server has sharded channels at all. */
  async #subscribeShard(channel: string): Promise<boolean> {
    try {
      await this.#options.connection.subscribeShard(channel, this.#onMessage);
      return true;
    } catch (error) {
      if (/^ERR unknown command/i.test((error as Error).message)) return false;
      throw error;
    }
  }
}
