import { hearClient } from './hear-client.js';
import { slotOf } from '../connection/cluster-slot.js';
import {
  destroy,
  endOnceConnected,
  identityOf,
  keyPrefixOf,
  notShared,
  openNodeRedis,
  throwFault,
  type NodeRedis,
} from './node-redis.js';
import {
  ConnectionFault,
  type ClientModel,
  type ClusterConnection,
  type ClusterView,
} from '../connection/redis-connection.js';
import { faultOf } from '../connection/without-secrets.js';

interface Node {
  readonly address: string;
  readonly client?: NodeRedis;
}

/** What is used of a node-redis cluster client (`redis` 5 and later). */
export interface NodeRedisCluster {
  readonly isOpen: boolean;
  readonly slots: readonly ({ readonly master: Node } | undefined)[];
  readonly masters: readonly Node[];
  readonly _options?: ClusterOptions;
  readonly _slots?: { rediscover?(startWith: NodeRedis): Promise<unknown> };
  duplicate(options?: object): NodeRedisCluster;
  connect(): Promise<unknown>;
  destroy(): unknown;
  nodeClient(node: Node): NodeRedis | Promise<NodeRedis>;
  sendCommand(key: string, isReadonly: boolean, words: readonly string[]): Promise<unknown>;
  on(event: string, listener: (...values: never[]) => void): unknown;
  off(event: string, listener: (...values: never[]) => void): unknown;
}

interface ClusterOptions {
  readonly defaults?: object;
  readonly rootNodes?: readonly object[];
  readonly keyPrefix?: unknown;
}

/** A node-redis cluster client of the user's. */
export class NodeRedisClusterModel implements ClientModel {
  readonly isCluster = true;
  readonly keyPrefix: string;
  readonly #client: NodeRedisCluster;

  constructor(client: NodeRedisCluster) {
    this.#client = client;
    this.keyPrefix = keyPrefixOf(client._options);
  }

  get isOpen(): boolean {
    return this.#client.isOpen;
  }

  identity(): string {
    const { defaults, rootNodes = [] } = this.#client._options ?? {};
    return [identityOf(defaults), ...rootNodes.map(identityOf)].join();
  }

  /** A cluster client has no event of its own for this. */
  onConnected(listener: () => void): () => void {
    return hearClient(this.#client, 'connect', listener);
  }

  open(): ClusterConnection {
    const { defaults } = this.#client._options ?? {};
    const options = { keyPrefix: undefined, useReplicas: false, minimizeConnections: false, ...notShared };
    return new NodeRedisClusterConnection(
      this.#client.duplicate({ ...options, defaults: { ...defaults, ...notShared, keyPrefix: undefined } }),
    );
  }
}

/**
 * node-redis follows slots that move and connects its nodes again. A command for a node that is away is refused here, or
 * it would be queued, and sent after its call was given up.
 */
class NodeRedisClusterConnection implements ClusterConnection, ClusterView {
  readonly cluster: ClusterView = this;
  readonly #client: NodeRedisCluster;
  readonly #followers = new Set<() => void>();
  #connecting: Promise<unknown> = Promise.resolve();
  #lastError: unknown = null;
  #onEnd: ((why: ConnectionFault) => void) | null = null;

  constructor(client: NodeRedisCluster) {
    this.#client = client;
    client.on('error', (error: unknown) => void (this.#lastError = error));
    client.on('node-error', (error: unknown) => void (this.#lastError = error));
    for (const event of ['node-ready', 'node-disconnect', 'sharded-channel-moved'])
      client.on(event, this.#tellFollowers);
  }

  get isReady(): boolean {
    return this.#client.isOpen && this.#client.slots.length > 0;
  }

  async connect(): Promise<void> {
    try {
      this.#connecting = this.#client.connect();
      await this.#connecting;
    } catch (error) {
      throw faultOf(this.#lastError ?? error, 'unsent');
    }
  }

  onEnd(listener: (why: ConnectionFault) => void): void {
    this.#onEnd = listener;
  }

  async send(key: string, words: readonly string[]): Promise<unknown> {
    const node = this.#client.slots[slotOf(key)]?.master;
    if (node?.client?.isReady === false) {
      if (!this.#client.masters.some(({ client }) => client?.isReady === true)) this.#giveUp();
      throw this.#away(node.address);
    }
    return this.#client.sendCommand(key, false, words).catch(throwFault);
  }

  async whenConnected(key: string): Promise<void> {
    for (;;) {
      if (this.#client.slots[slotOf(key)]?.master.client?.isReady !== false) return;
      if ((await this.#nextNews()) === 'node-error') return;
    }
  }

  /** The next thing that becomes of a node. */
  #nextNews(): Promise<'node-ready' | 'node-error'> {
    return new Promise((resolve) => {
      const hear = (news: 'node-ready' | 'node-error') => (): void => {
        this.#client.off('node-ready', ready);
        this.#client.off('node-error', failed);
        resolve(news);
      };
      const ready = hear('node-ready');
      const failed = hear('node-error');
      this.#client.on('node-ready', ready);
      this.#client.on('node-error', failed);
    });
  }

  serverOf(key: string): string {
    return this.ownerOf(slotOf(key)) ?? '';
  }

  ownerOf(slot: number): string | undefined {
    return this.#client.slots[slot]?.master.address;
  }

  async sendTo(owner: string, words: readonly string[]): Promise<unknown> {
    const node = this.#masterAt(owner);
    if (node === undefined) throw this.#away(owner);
    const client = await this.#client.nodeClient(node);
    if (!client.isReady) throw this.#away(owner);
    return client.sendCommand(words).catch(throwFault);
  }

  openAt(owner: string): ReturnType<ClusterView['openAt']> {
    const client = this.#masterAt(owner)?.client;
    return client === undefined ? null : openNodeRedis(client);
  }

  /**
   * There is no call for it, only what the client does itself at a slot that has moved. It is told whom to ask: the first
   * that answers, for one that hangs would be waited for.
   */
  async refresh(): Promise<void> {
    const asked = this.#client.masters.map(async (master) => {
      await this.sendTo(master.address, ['PING']);
      return this.#client.nodeClient(master);
    });
    try {
      await this.#client._slots?.rediscover?.(await Promise.any(asked));
    } catch (error) {
      throw faultOf(this.#lastError ?? error, 'unsent');
    }
    this.#tellFollowers();
  }

  onRefresh(listener: () => void): () => void {
    this.#followers.add(listener);
    return () => void this.#followers.delete(listener);
  }

  async end(): Promise<void> {
    this.#onEnd = null;
    const client = this.#client;
    for (const master of client.masters) if (master.client !== undefined) endOnceConnected(master.client);
    destroy(client);
    // Ended while it looked for its nodes, it goes on to connect those that it finds: nobody else ends them.
    const again = (): void => destroy(client);
    this.#connecting.then(again, again);
  }

  /** No master is there: only a new connection finds where they are now. */
  #giveUp(): void {
    const onEnd = this.#onEnd;
    this.#onEnd = null;
    onEnd?.(faultOf(this.#lastError ?? new Error('No master of the Cluster is connected'), 'lost'));
  }

  #away(address: string): ConnectionFault {
    return new ConnectionFault('unsent', 'Error', `The Cluster's master ${address} is not connected`);
  }

  #masterAt(owner: string): Node | undefined {
    return this.#client.masters.find(({ address }) => address === owner);
  }

  readonly #tellFollowers = (): void => {
    for (const follow of [...this.#followers]) follow();
  };
}
