import type { Clock } from '@circuitry/core';
import { IoredisClusterModel, type IoredisCluster } from './ioredis-cluster.js';
import { IoredisModel, type Ioredis } from './ioredis.js';
import { GlideClusterModel } from './glide-cluster.js';
import { GlideModel } from './glide.js';
import type { Glide } from './own-glide.js';
import { NodeRedisClusterModel, type NodeRedisCluster } from './node-redis-cluster.js';
import { NodeRedisSentinelModel, type NodeRedisSentinel } from './node-redis-sentinel.js';
import { NodeRedisModel, type NodeRedis } from './node-redis.js';
import type { ClientModel } from '../connection/redis-connection.js';

/**
 * A client that a {@link RedisBackend} takes as its model: an ioredis `Redis` or `Cluster` (5.3 or later, 6), a node-redis
 * client, cluster or sentinel (`redis` 5 or later), or valkey-glide's `GlideClient` or `GlideClusterClient` (2.3 or later).
 *
 * No library is imported: each is told by its shape.
 */
export type RedisClient = DuplicableClient | GlideClient;

/** A client of ioredis or of node-redis. */
export interface DuplicableClient {
  /** Makes a client with the same options: the backend opens connections of its own with it. */
  duplicate(...options: never[]): unknown;
  /** Adds a listener. The backend hears by it when the client has connected again. */
  on(event: never, listener: never): unknown;
}

/** A client of valkey-glide. */
export interface GlideClient {
  /** Sends any command. The backend makes clients of its own, with what `createClient` was given, and sends by them. */
  customCommand(words: never[], options?: never): Promise<unknown>;
  /** Adds channels to those that it listens to. */
  subscribe(channels: never, timeout: number, options?: never): Promise<void>;
}

/** The kinds of client, each with what tells it apart. */
const kinds: readonly (readonly [
  tell: (client: Shape) => boolean,
  make: (client: never, clock: Clock) => ClientModel,
])[] = [
  [
    (client) => has(client, 'call', 'connect', 'disconnect') && client['isCluster'] === false,
    (client: Ioredis, clock) => new IoredisModel(client, clock),
  ],
  [
    (client) =>
      has(client, 'call', 'connect', 'disconnect', 'nodes', 'refreshSlotsCache') && client['isCluster'] === true,
    (client: IoredisCluster, clock) => new IoredisClusterModel(client, clock),
  ],
  [
    (client) => has(client, 'sendCommand', 'connect', 'nodeClient') && Array.isArray(client['slots']),
    (client: NodeRedisCluster) => new NodeRedisClusterModel(client),
  ],
  [
    (client) => has(client, 'sendCommand', 'connect', 'use', '_execute'),
    (client: NodeRedisSentinel) => new NodeRedisSentinelModel(client),
  ],
  [
    (client) =>
      has(client, 'sendCommand', 'connect', 'sSubscribe', 'destroy') && typeof client['isReady'] === 'boolean',
    (client: NodeRedis) => new NodeRedisModel(client),
  ],
  [(client) => isGlide(client) && !('ssubscribe' in client), (client: Glide) => new GlideModel(client)],
  [
    (client) => isGlide(client) && 'ssubscribe' in client,
    (client: Glide, clock) => new GlideClusterModel(client, clock),
  ],
];

/** What is looked for besides its commands is no word of its documents: a version that lacks it is refused. */
function isGlide(client: Shape): boolean {
  const methods = ['customCommand', 'subscribe', 'close', 'notificationToPubSubMessageSafe'];
  const { createClient } = client.constructor as { createClient?: unknown };
  return (
    methods.every((method) => typeof client[method] === 'function') &&
    typeof createClient === 'function' &&
    typeof (client['config'] as { addresses?: unknown } | undefined)?.addresses === 'object'
  );
}

type Shape = Readonly<Record<string, unknown>>;

function has(client: Shape, ...methods: readonly string[]): boolean {
  return ['duplicate', 'on', 'off', ...methods].every((method) => typeof client[method] === 'function');
}

/** The model that a client is, or null for what is none of them. */
export function modelOf(client: unknown, clock: Clock): ClientModel | null {
  if (typeof client !== 'object' || client === null) return null;
  const make = kinds.find(([tell]) => tell(client as Shape))?.[1];
  return make?.(client as never, clock) ?? null;
}
