import type { Clock } from '@circuitry/core';
import { hearClient } from './hear-client.js';
import { slotOf } from '../connection/cluster-slot.js';
import {
  corkUntilNextTick,
  endIoredis,
  identityOf,
  isOpenIoredis,
  keyPrefixOf,
  openIoredis,
  plainOptions,
  throwFault,
  type Ioredis,
} from './ioredis.js';
import type { ClientModel, ClusterConnection, ClusterView, ConnectionFault } from '../connection/redis-connection.js';
import { faultOf } from '../connection/without-secrets.js';

/** What is used of an ioredis `Cluster`, whichever version. */
export interface IoredisCluster extends Omit<Ioredis, 'duplicate'> {
  /** For each slot the `host:port` of its nodes, the master first. */
  readonly slots: readonly (readonly string[] | undefined)[];
  duplicate(nodes?: never[], options?: object): IoredisCluster;
  nodes(
    role: 'master',
  ): readonly (Ioredis & { readonly options: { readonly host?: string; readonly port?: number } })[];
  refreshSlotsCache(callback?: (error?: unknown) => void): void;
}

/** An ioredis `Cluster` of the user's. */
export class IoredisClusterModel implements ClientModel {
  readonly isCluster = true;
  readonly keyPrefix: string;
  readonly #client: IoredisCluster;
  readonly #clock: Clock;

  constructor(client: IoredisCluster, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.keyPrefix = keyPrefixOf(client.options);
  }

  get isOpen(): boolean {
    return isOpenIoredis(this.#client);
  }

  identity(): string {
    return identityOf(redisOptionsOf(this.#client));
  }

  onConnected(listener: () => void): () => void {
    return hearClient(this.#client, 'ready', listener);
  }

  open(): ClusterConnection {
    // ioredis 5 doesn't merge a Cluster's redisOptions with the ones it had.
    const redisOptions = { ...redisOptionsOf(this.#client), ...plainOptions };
    const options = {
      ...plainOptions,
      lazyConnect: true,
      scaleReads: 'master',
      // A node's first command waits for its connection.
      enableOfflineQueue: true,
      retryDelayOnFailover: 0,
      clusterRetryStrategy: null,
      clusterNodeRetryStrategy: null,
      redisOptions,
    };
    return new IoredisClusterConnection(this.#client.duplicate([], options), this.#clock);
  }
}

function redisOptionsOf(client: IoredisCluster): object {
  return (client.options as { redisOptions?: object }).redisOptions ?? {};
}

/** ioredis follows slots that move and nodes that come and go; what it can't mend ends it. */
class IoredisClusterConnection implements ClusterConnection, ClusterView {
  readonly cluster: ClusterView = this;
  readonly #client: IoredisCluster;
  readonly #clock: Clock;
  #lastError: unknown = null;
  #isEnding = false;

  constructor(client: IoredisCluster, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    client.on('error', (error: unknown) => void (this.#lastError = error));
    client.on('node error', (error: unknown) => void (this.#lastError = error));
  }

  get isReady(): boolean {
    return this.#client.status === 'ready';
  }

  async connect(): Promise<void> {
    try {
      await this.#client.connect();
    } catch (error) {
      throw faultOf(this.#lastError ?? error, 'unsent');
    }
  }

  onEnd(listener: (why: ConnectionFault) => void): void {
    this.#client.once('end', () => {
      if (!this.#isEnding) listener(faultOf(this.#lastError ?? new Error('The connection ended'), 'lost'));
    });
  }

  async send(key: string, words: readonly string[]): Promise<unknown> {
    const node = this.#nodeNamed(this.ownerOf(slotOf(key)));
    if (node?.status === 'ready') corkUntilNextTick(node);
    try {
      return await this.#client.call(...(words as [string, ...string[]]));
    } catch (error) {
      // ioredis would look who owns the slot now while it sends again, which is turned off here.
      if ((error as Error).message === 'Connection is closed.') this.#client.refreshSlotsCache();
      return throwFault(error);
    }
  }

  serverOf(key: string): string {
    return this.ownerOf(slotOf(key)) ?? '';
  }

  ownerOf(slot: number): string | undefined {
    return this.#client.slots[slot]?.[0];
  }

  async sendTo(owner: string, words: readonly string[]): Promise<unknown> {
    const node = this.#nodeNamed(owner);
    if (node === undefined) throw faultOf(new Error(`No connection to ${owner}`), 'unsent');
    return node.call(...(words as [string, ...string[]])).catch(throwFault);
  }

  openAt(owner: string): ReturnType<ClusterView['openAt']> {
    const node = this.#nodeNamed(owner);
    return node === undefined ? null : openIoredis(node, this.#clock);
  }

  refresh(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.refreshSlotsCache((error) => (error ? reject(faultOf(error, 'unsent')) : resolve()));
    });
  }

  onRefresh(listener: () => void): () => void {
    this.#client.on('refresh', listener);
    return () => void this.#client.off('refresh', listener);
  }

  end(): Promise<void> {
    this.#isEnding = true;
    return endIoredis(this.#client, this.#clock);
  }

  /** The list is as long as there are masters. */
  #nodeNamed(owner: string | undefined): Ioredis | undefined {
    if (owner === undefined) return undefined;
    return this.#client.nodes('master').find(({ options }) => `${options.host}:${options.port}` === owner);
  }
}
