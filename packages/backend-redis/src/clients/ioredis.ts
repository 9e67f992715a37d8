import type { Clock } from '@circuitry/core';
import { hearClient } from './hear-client.js';
import type { ClientModel, ConnectionFault, OnMessage, ServerConnection } from '../connection/redis-connection.js';
import { faultOf } from '../connection/without-secrets.js';

/** What is used of an ioredis `Redis`, whichever version. */
export interface Ioredis {
  readonly status: string;
  readonly options: object;
  readonly isCluster: boolean;
  duplicate(options?: object): Ioredis;
  connect(): Promise<void>;
  disconnect(): void;
  call(command: string, ...words: string[]): Promise<unknown>;
  on(event: string, listener: (...values: never[]) => void): unknown;
  off(event: string, listener: (...values: never[]) => void): unknown;
  once(event: string, listener: (...values: never[]) => void): unknown;
}

/** The options with which a client that we made speaks plainly: nothing is queued, sent again or put into another form. */
export const plainOptions = {
  keyPrefix: '',
  readOnly: false,
  monitor: false,
  stringNumbers: false,
  replyMapping: 'legacy',
  showFriendlyErrorStack: false,
  reconnectOnError: null,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  enableAutoPipelining: false,
  maxRetriesPerRequest: 0,
  scripts: undefined,
  // A connection that is ended doesn't wait, 2 s by default, for the server to agree.
  disconnectTimeout: 0,
} as const;

/** An ioredis `Redis` of the user's, with or without Sentinel. */
export class IoredisModel implements ClientModel {
  readonly isCluster = false;
  readonly keyPrefix: string;
  readonly #client: Ioredis;
  readonly #clock: Clock;

  constructor(client: Ioredis, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.keyPrefix = keyPrefixOf(client.options);
  }

  get isOpen(): boolean {
    return isOpenIoredis(this.#client);
  }

  identity(): string {
    return identityOf(this.#client.options);
  }

  onConnected(listener: () => void): () => void {
    return hearClient(this.#client, 'ready', listener);
  }

  open(): ServerConnection {
    return openIoredis(this.#client, this.#clock);
  }
}

/** A connection of ours with the options of `model`. */
export function openIoredis(model: Ioredis, clock: Clock): ServerConnection {
  const options = {
    role: 'master',
    lazyConnect: true,
    enableOfflineQueue: false,
    // A round trip more, to ask what the first command's answer tells: whether the server is still loading.
    enableReadyCheck: false,
    retryStrategy: null,
    sentinelRetryStrategy: null,
  };
  return new IoredisConnection(model.duplicate({ ...plainOptions, ...options }), clock);
}

/** `wait`: made with `lazyConnect`, and not used yet. */
export function isOpenIoredis({ status }: { readonly status: string }): boolean {
  return status !== 'wait' && status !== 'end';
}

export function keyPrefixOf(options: object): string {
  return String((options as { keyPrefix?: unknown }).keyPrefix ?? '');
}

/** Those of a client's options that decide where it connects and who it is. */
export function identityOf(options: object): string {
  const read = options as Readonly<Record<string, unknown>>;
  return JSON.stringify(identifying.map((name) => read[name] ?? null));
}

const identifying = [
  ...['host', 'port', 'path', 'db', 'username', 'password'],
  ...['name', 'sentinels', 'sentinelUsername', 'sentinelPassword'],
];

class IoredisConnection implements ServerConnection {
  readonly cluster = null;
  readonly #redis: Ioredis;
  readonly #clock: Clock;
  readonly #listeners = new Map<string, OnMessage>();
  #lastError: unknown = null;
  #isEnding = false;

  constructor(redis: Ioredis, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
    // Without a listener ioredis prints errors; each of these leads to a rejection or to onEnd.
    redis.on('error', (error: unknown) => void (this.#lastError = error));
    redis.on('message', this.#onMessage);
    redis.on('smessage', this.#onMessage);
  }

  get isReady(): boolean {
    return this.#redis.status === 'ready' && isWritable(this.#redis);
  }

  async connect(): Promise<void> {
    try {
      await this.#redis.connect();
      await this.#selectDatabase();
    } catch (error) {
      throw faultOf(this.#lastError ?? error, 'unsent');
    }
  }

  /** Where the server refuses the client's database, ioredis goes on in another: one with somebody else's circuits, maybe. */
  async #selectDatabase(): Promise<void> {
    const { db } = this.#redis.options as { readonly db?: number };
    if (!db) return;
    await this.#redis.call('select', String(db)).catch((error: unknown) => {
      // A Cluster's node has but one.
      if (!/cluster mode/.test(String(error))) throw error;
    });
  }

  onEnd(listener: (why: ConnectionFault) => void): void {
    this.#redis.once('end', () => {
      if (!this.#isEnding) listener(faultOf(this.#lastError ?? new Error('The connection ended'), 'lost'));
    });
  }

  send(_key: string, words: readonly string[]): Promise<unknown> {
    corkUntilNextTick(this.#redis);
    return this.#redis.call(...(words as [string, ...string[]])).catch(throwFault);
  }

  serverOf(): string {
    return '';
  }

  async subscribe(channel: string, onMessage: OnMessage): Promise<void> {
    this.#listeners.set(channel, onMessage);
    await this.send(channel, ['subscribe', channel]);
  }

  async subscribeShard(channel: string, onMessage: OnMessage): Promise<void> {
    this.#listeners.set(channel, onMessage);
    await this.send(channel, ['ssubscribe', channel]);
  }

  onMoved(listener: () => void): void {
    this.#redis.on('moved', listener);
    // ioredis 5 has no better word for a channel that the server took away, nor does 6 for one that it refused.
    this.#redis.on('error', listener);
  }

  end(): Promise<void> {
    this.#isEnding = true;
    return endIoredis(this.#redis, this.#clock);
  }

  readonly #onMessage = (channel: string, text: string): void => this.#listeners.get(channel)?.(text);
}

/** ioredis says this of a command that it refused to queue; of any other nobody knows what became of it. */
export function throwFault(error: unknown): never {
  const isUnsent = (error as { message?: unknown } | null)?.message?.toString().startsWith("Stream isn't writeable");
  throw faultOf(error, isUnsent === true ? 'unsent' : 'lost');
}

/** The longest that closing waits for a connection's end, ms. */
const patience = 1_000;

/** Ends a client that this package made, and waits until nothing of it is left. */
export async function endIoredis(client: Pick<Ioredis, 'status' | 'once' | 'disconnect'>, clock: Clock): Promise<void> {
  const { status } = client;
  if (status === 'end') return;
  if (status === 'reconnecting' || status === 'close') {
    // Between two attempts there is no socket whose end ioredis could tell of.
    client.disconnect();
    return;
  }
  await new Promise<void>((resolve) => {
    const cancel = clock.after(patience, resolve);
    client.once('end', () => {
      cancel();
      resolve();
    });
    client.disconnect();
  });
}

interface Socket {
  readonly writable?: boolean;
  readonly writableCorked?: number;
  cork?(): void;
  uncork?(): void;
}

function socketOf(client: object): Socket {
  return (client as { stream?: Socket }).stream ?? {};
}

function isWritable(client: object): boolean {
  return socketOf(client).writable !== false;
}

/** What is written in one turn of the event loop goes out in one call of the system: ioredis makes one for each command. */
export function corkUntilNextTick(client: object): void {
  const socket = socketOf(client);
  if (socket.writableCorked !== 0 || socket.cork === undefined) return;
  socket.cork();
  process.nextTick(uncork, socket);
}

function uncork(socket: Socket): void {
  socket.uncork?.();
}
