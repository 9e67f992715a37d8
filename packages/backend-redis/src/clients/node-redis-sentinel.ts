import { hearClient } from './hear-client.js';
import { destroy, openNodeRedis, type NodeRedis } from './node-redis.js';
import {
  ConnectionFault,
  type ClientModel,
  type OnMessage,
  type ServerConnection,
} from '../connection/redis-connection.js';
import { faultOf } from '../connection/without-secrets.js';

/** What is used of a node-redis Sentinel client (`redis` 5 and later). */
export interface NodeRedisSentinel {
  readonly isReady: boolean;
  readonly isOpen: boolean;
  duplicate(options?: object): NodeRedisSentinel;
  connect(): Promise<unknown>;
  destroy(): unknown;
  /** Runs `work` with the client of the present primary: the only way to that client's options. */
  _execute<T>(isReadonly: boolean, work: (primary: NodeRedis) => Promise<T>): Promise<T>;
  on(event: string, listener: (...values: never[]) => void): unknown;
  off(event: string, listener: (...values: never[]) => void): unknown;
}

/**
 * A node-redis Sentinel client of the user's.
 *
 * It sends a command again when its connection broke before the answer came, so an outcome would count twice. It is asked
 * who the primary is, and our own connection goes there.
 */
export class NodeRedisSentinelModel implements ClientModel {
  readonly isCluster = false;
  /** A Sentinel client doesn't tell its options. */
  readonly keyPrefix: string;
  readonly #client: NodeRedisSentinel;

  constructor(client: NodeRedisSentinel) {
    this.#client = client;
    this.keyPrefix = String((client as { readonly _keyPrefix?: unknown })._keyPrefix ?? '');
  }

  get isOpen(): boolean {
    return this.#client.isOpen;
  }

  identity(): string {
    return '';
  }

  onConnected(listener: () => void): () => void {
    return hearClient(this.#client, 'ready', listener);
  }

  open(): ServerConnection {
    return new ToThePrimary(this.#client);
  }
}

/** Finds the primary when it is connected, and then is the connection to it. */
class ToThePrimary implements ServerConnection {
  readonly cluster = null;
  readonly #client: NodeRedisSentinel;
  #connection: ServerConnection | null = null;
  #scout: NodeRedisSentinel | null = null;
  #isEnded = false;

  constructor(client: NodeRedisSentinel) {
    this.#client = client;
  }

  get isReady(): boolean {
    return this.#connection?.isReady ?? false;
  }

  async connect(): Promise<void> {
    const connection = await this.#find();
    if (this.#isEnded) throw new ConnectionFault('unsent', 'Error', 'The connection was closed');
    this.#connection = connection;
    await connection.connect();
  }

  onEnd(listener: (why: ConnectionFault) => void): void {
    this.#connection?.onEnd(listener);
  }

  send(key: string, words: readonly string[]): Promise<unknown> {
    return this.#standing().send(key, words);
  }

  serverOf(): string {
    return '';
  }

  subscribe(channel: string, onMessage: OnMessage): Promise<void> {
    return this.#standing().subscribe(channel, onMessage);
  }

  subscribeShard(channel: string, onMessage: OnMessage): Promise<void> {
    return this.#standing().subscribeShard(channel, onMessage);
  }

  onMoved(listener: () => void): void {
    this.#standing().onMoved(listener);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    if (this.#scout !== null) destroy(this.#scout);
    await this.#connection?.end();
  }

  /** Asks the Sentinels anew each time: whatever the user's client knows may be what made the last connection end. */
  async #find(): Promise<ServerConnection> {
    const scout = this.#client.duplicate();
    this.#scout = scout;
    scout.on('error', () => {});
    try {
      await scout.connect();
      const { primary } = await scout._execute(false, async (client) => ({ primary: client }));
      return openNodeRedis(primary);
    } catch (error) {
      throw faultOf(error, 'unsent');
    } finally {
      this.#scout = null;
      destroy(scout);
    }
  }

  #standing(): ServerConnection {
    if (this.#connection === null) throw new ConnectionFault('unsent', 'Error', 'The connection does not stand yet');
    return this.#connection;
  }
}
