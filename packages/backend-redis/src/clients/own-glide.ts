import { ConnectionFault } from '../connection/redis-connection.js';
import { glideConnectFault, glideFault } from './glide-errors.js';

/** What is used of a valkey-glide client (2.3 and later), `GlideClient` or `GlideClusterClient`. */
export interface Glide {
  /** What `createClient` was given. It has no other word for its options. */
  readonly config: GlideConfig;
  customCommand(words: readonly string[], options?: { readonly route: unknown }): Promise<unknown>;
  subscribe(channels: readonly string[], timeout: number): Promise<unknown>;
  ssubscribe?(channels: readonly string[], timeout: number): Promise<unknown>;
  /** Each thing that a server pushed goes through here; null for what is no message. */
  notificationToPubSubMessageSafe: (pushed: unknown, decoder?: unknown) => unknown;
  close(): void;
}

export interface GlideConfig {
  readonly addresses?: unknown;
  readonly databaseId?: unknown;
  readonly credentials?: { readonly username?: unknown; readonly password?: unknown };
  readonly lazyConnect?: unknown;
}

export interface GlideMessage {
  readonly channel: unknown;
  readonly message: unknown;
}

export function glideIdentity({ config }: Glide): string {
  const { addresses, databaseId, credentials } = config;
  return JSON.stringify([addresses, databaseId, credentials?.username, credentials?.password]);
}

/**
 * The options with which a client that we made speaks plainly. `Decoder.String` is 1, `ProtocolVersion.RESP3` 0.
 *
 * It is never asked to connect again: a new one is made. The one try after the first is the least that it takes, and
 * 200 ms between two are there for the while until we see that it is of no more use.
 */
const plainOptions = {
  readFrom: 'primary',
  readOnly: false,
  protocol: 0,
  defaultDecoder: 1,
  inflightRequestsLimit: 1_000_000,
  connectionBackoff: { numberOfRetries: 1, factor: 200, exponentBase: 1, jitterPercent: 20 },
  lazyConnect: false,
  compression: undefined,
  clientSideCache: undefined,
  clientCircuitBreaker: undefined,
} as const;

/** What an {@link OwnGlide} hears of pushes; left out: it can't subscribe. */
export interface GlideListeners {
  readonly onMessage: (message: GlideMessage) => void;
  /** A channel was confirmed, or taken away, that nobody asked for: messages may have been lost. */
  readonly onResubscribed: () => void;
}

/** One client of our own, from its making to its end. */
export class OwnGlide {
  readonly #model: Glide;
  readonly #listeners: GlideListeners | null;
  #client: Glide | null = null;
  #making: Promise<unknown> = Promise.resolve();
  #isEnded = false;
  /** How many channels are still to be confirmed. */
  #expected = 0;

  constructor(model: Glide, listeners: GlideListeners | null) {
    this.#model = model;
    this.#listeners = listeners;
  }

  get isMade(): boolean {
    return this.#client !== null;
  }

  async make(): Promise<void> {
    const maker = this.#model.constructor as unknown as { createClient(options: object): Promise<Glide> };
    const callback = this.#listeners?.onMessage;
    const pubsubSubscriptions = callback && { channelsAndPatterns: {}, callback };
    try {
      const making = maker.createClient({ ...this.#model.config, ...plainOptions, pubsubSubscriptions });
      this.#making = making;
      const client = await making;
      if (this.#listeners !== null) this.#hearPushes(client, this.#listeners);
      this.#client = client;
      if (this.#isEnded) client.close();
    } catch (error) {
      throw glideConnectFault(error);
    }
  }

  async run(work: (client: Glide) => Promise<unknown> | undefined): Promise<unknown> {
    if (this.#client === null) throw new ConnectionFault('unsent', 'Error', 'The connection does not stand yet');
    try {
      return await work(this.#client);
    } catch (error) {
      throw glideFault(error);
    }
  }

  async subscribe(count: number, work: (client: Glide) => Promise<unknown> | undefined): Promise<void> {
    this.#expected += count;
    await this.run(work);
  }

  /** One that is still being made can't be stopped: it is waited for, for as long as its `connectionTimeout`. */
  async end(): Promise<void> {
    this.#isEnded = true;
    this.#client?.close();
    await this.#making.catch(() => {});
  }

  /** The only sign of a connection for messages that ended: once there is another, its channels are confirmed anew. */
  #hearPushes(client: Glide, { onResubscribed }: GlideListeners): void {
    const read = client.notificationToPubSubMessageSafe.bind(client);
    client.notificationToPubSubMessageSafe = (pushed, decoder) => {
      const message = read(pushed, decoder);
      if (message === null && (this.#expected -= 1) < 0) onResubscribed();
      return message;
    };
  }
}
