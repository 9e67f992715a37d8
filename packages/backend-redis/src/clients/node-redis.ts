import { hearClient } from './hear-client.js';
import type { ClientModel, ConnectionFault, OnMessage, ServerConnection } from '../connection/redis-connection.js';
import { faultOf } from '../connection/without-secrets.js';

/** What is used of a node-redis client (`redis` 5 and later) to one server. */
export interface NodeRedis {
  readonly isReady: boolean;
  readonly isOpen: boolean;
  readonly options?: object;
  duplicate(options?: object): NodeRedis;
  connect(): Promise<unknown>;
  destroy(): void;
  sendCommand(words: readonly string[]): Promise<unknown>;
  subscribe(channel: string, listener: OnMessage): Promise<unknown>;
  sSubscribe(channel: string, listener: OnMessage): Promise<unknown>;
  on(event: string, listener: (...values: never[]) => void): unknown;
  off(event: string, listener: (...values: never[]) => void): unknown;
}

/** A node-redis client of the user's. */
export class NodeRedisModel implements ClientModel {
  readonly isCluster = false;
  readonly keyPrefix: string;
  readonly #client: NodeRedis;

  constructor(client: NodeRedis) {
    this.#client = client;
    this.keyPrefix = keyPrefixOf(client.options);
  }

  get isOpen(): boolean {
    return this.#client.isOpen;
  }

  identity(): string {
    return identityOf(this.#client.options);
  }

  onConnected(listener: () => void): () => void {
    return hearClient(this.#client, 'ready', listener);
  }

  open(): ServerConnection {
    return openNodeRedis(this.#client);
  }
}

/** A connection of ours with the options of `model`. */
export function openNodeRedis(model: NodeRedis): ServerConnection {
  return new NodeRedisConnection(model.duplicate(plainOptionsOf(model.options)));
}

/** The options with which a client that we made speaks plainly: nothing is queued, put into another form or connected again. */
function plainOptionsOf(options: object | undefined): object {
  const { socket } = (options ?? {}) as { readonly socket?: object };
  return {
    ...notShared,
    // What it says stands in the other options, where the owner may have changed it since.
    url: undefined,
    keyPrefix: undefined,
    disableOfflineQueue: true,
    commandsQueueMaxLength: undefined,
    pingInterval: undefined,
    readonly: false,
    socket: { ...socket, reconnectStrategy: false },
  };
}

/** How answers are put into another form, and what belongs to one client alone. */
export const notShared = {
  commandOptions: {},
  clientSideCache: undefined,
  emitInvalidate: undefined,
} as const;

export function keyPrefixOf(options: object | undefined): string {
  return String((options as { keyPrefix?: unknown } | undefined)?.keyPrefix ?? '');
}

/** Those of a client's options that decide where it connects and who it is. */
export function identityOf(options: object | undefined): string {
  const { url, username, password, database, socket } = (options ?? {}) as Readonly<Record<string, unknown>>;
  const { host, port, path } = (socket ?? {}) as Readonly<Record<string, unknown>>;
  return JSON.stringify([url, username, password, database, host, port, path]);
}

class NodeRedisConnection implements ServerConnection {
  readonly cluster = null;
  readonly #client: NodeRedis;
  #lastError: unknown = null;
  #isEnding = false;

  constructor(client: NodeRedis) {
    this.#client = client;
    // Without a listener an 'error' ends the process; each of these leads to a rejection or to onEnd.
    client.on('error', (error: unknown) => void (this.#lastError = error));
  }

  get isReady(): boolean {
    return this.#client.isReady;
  }

  async connect(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      throw faultOf(error, 'unsent');
    }
  }

  onEnd(listener: (why: ConnectionFault) => void): void {
    const onError = (error: unknown): void => {
      if (this.#client.isReady || this.#isEnding) return;
      this.#isEnding = true;
      listener(faultOf(error, 'lost'));
    };
    // It isn't connected again, so the first error of a connection that stood is its last.
    this.#client.on('error', onError);
    this.#client.on('end', () => onError(this.#lastError ?? new Error('The connection ended')));
  }

  send(_key: string, words: readonly string[]): Promise<unknown> {
    return this.#client.sendCommand(words).catch(throwFault);
  }

  serverOf(): string {
    return '';
  }

  async subscribe(channel: string, onMessage: OnMessage): Promise<void> {
    await this.#client.subscribe(channel, onMessage).catch(throwFault);
  }

  async subscribeShard(channel: string, onMessage: OnMessage): Promise<void> {
    await this.#client.sSubscribe(channel, onMessage).catch(throwFault);
  }

  onMoved(listener: () => void): void {
    this.#client.on('sharded-channel-moved', listener);
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    endOnceConnected(this.#client);
    destroy(this.#client);
  }
}

/**
 * node-redis forgets a socket that is still connecting when its client is ended, and keeps it once it is connected. So the
 * client is ended then, once more. That helps from version 6 on: node-redis 5 ends a client only once.
 */
export function endOnceConnected(client: NodeRedis): void {
  if (!client.isReady) client.on('connect', () => destroy(client));
}

/** node-redis 5 throws where there is nothing left to end. */
export function destroy(client: { destroy(): unknown }): void {
  try {
    // It may answer a promise, of whatever kind.
    void Promise.resolve(client.destroy()).catch(() => {});
  } catch {
    // It was closed.
  }
}

const unsent = new Set(['ClientOfflineError', 'ClientClosedError']);

/** node-redis says by the error's class that a command was never written; of any other nobody knows what became of it. */
export function throwFault(error: unknown): never {
  const className = (error as { constructor?: { name?: string } } | null)?.constructor?.name ?? '';
  throw faultOf(error, unsent.has(className) ? 'unsent' : 'lost');
}
