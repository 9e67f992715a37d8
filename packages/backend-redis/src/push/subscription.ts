import type { Clock } from '@circuitry/core';
import { Link } from '../connection/link.js';
import type { ClientModel, ServerConnection } from '../connection/redis-connection.js';
import { within } from '../time/within.js';

/** What a {@link Subscription} is made of. */
export interface SubscriptionOptions {
  readonly model: ClientModel;
  readonly channel: string;
  /** The sharded channels besides, where one connection hears those of a whole Cluster. */
  readonly shardChannels: readonly string[];
  readonly clock: Clock;
  readonly onMessage: (text: string) => void;
  /** Messages may have been lost; from now on they come again. */
  readonly onGap: () => void;
}

/** How often the connection is asked whether it still lives, ms. */
const checkEvery = 5_000;

/**
 * One connection that listens to its channels, and goes on after every failure until it is stopped.
 *
 * Redis keeps no message for a subscriber that is away, so each time another connection stands it says that there may be
 * a gap.
 */
export class Subscription {
  /** Settles once the server has confirmed the first subscription. */
  readonly started: Promise<void>;
  readonly #options: SubscriptionOptions;
  readonly #link: Link<ServerConnection>;
  #standing: ServerConnection | null = null;
  #stands = 0;
  #isStopped = false;
  #cancelCheck = (): void => {};

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#link = new Link<ServerConnection>(options.model, options.clock, {
      prepare: (connection) => this.#subscribe(connection),
      onStanding: (connection) => {
        this.#standing = connection;
        this.#stands += 1;
        if (this.#stands > 1 && !this.#isStopped) options.onGap();
      },
    });
    this.started = this.#link.whenReady();
    this.started.then(
      () => this.#checkLater(),
      // Whoever waited was told, and nobody else listens: it doesn't go on trying.
      () => void this.stop(),
    );
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelCheck();
    await this.#link.close();
  }

  async #subscribe(connection: ServerConnection): Promise<void> {
    const { channel, shardChannels } = this.#options;
    // While one takes the place of another both hear the same; what only the new one hears is told as a gap.
    const onMessage = (text: string): void => {
      if (this.#standing === connection) this.#options.onMessage(text);
    };
    const shards = shardChannels.map((shard) => connection.subscribeShard(shard, onMessage));
    await Promise.all([connection.subscribe(channel, onMessage), ...shards]);
  }

  #checkLater(): void {
    if (this.#isStopped) return;
    const { clock } = this.#options;
    this.#cancelCheck = clock.after(checkEvery, () => void this.#check().then(() => this.#checkLater()), {
      background: true,
    });
  }

  /** A connection that died without a word would be silent for ever. */
  async #check(): Promise<void> {
    const asked = this.#link.ready;
    const answer = asked && within(asked.send('', ['ping']), this.#options.clock, checkEvery).catch(() => 'ended');
    if (asked !== null && (await answer) === null) return this.#link.replace();
    // Where a client doesn't say that its connection ended, nobody else asks for another.
    if (this.#link.ready === null) await this.#link.whenReady().catch(() => {});
  }
}
