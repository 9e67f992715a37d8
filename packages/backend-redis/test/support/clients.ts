import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis-5';
import { createClient, createCluster, createSentinel } from 'redis';
import type { RedisClient } from '../../src/index.js';

type Glide = typeof import('@valkey/valkey-glide');

/** A client of some library, and how its owner ends it. */
export interface Connected {
  readonly client: RedisClient;
  readonly end: () => unknown;
}

/** Where a client connects to: exactly one of `port`, `sentinel` and `cluster`. */
export interface Where {
  readonly port?: number;
  readonly sentinel?: { readonly name: string; readonly ports: readonly number[] };
  readonly cluster?: readonly number[];
  readonly username?: string;
  readonly password?: string;
}

/** The client libraries, whose clients are told apart by their shape. */
export type Library = 'ioredis 5' | 'ioredis 6' | 'node-redis' | 'valkey-glide';

/** valkey-glide, or why it can't be had: a part of it is built for each system. `path`: for who can't find it by name. */
export async function loadGlide(path = '@valkey/valkey-glide'): Promise<Glide | { readonly missing: string }> {
  try {
    const found = (await import(path)) as Glide;
    // Its own log says on the console what each test makes go wrong.
    found.Logger.setLoggerConfig('off');
    return found;
  } catch (error) {
    return { missing: `no valkey-glide for this system: ${(error as Error).message.split('\n')[0]}` };
  }
}

/** How the Cluster's servers call the connections of valkey-glide. */
export const glideName = 'glide';

/** Longer than glide's own limits, ms, within which a busy machine may not answer. */
export const glidePatience = {
  requestTimeout: 20_000,
  advancedConfiguration: { connectionTimeout: 20_000 },
} as const;

/** A client as a user would make it, with a listener for its errors where it has such. */
export async function connectWith(library: Library, where: Where, glidePath?: string): Promise<Connected> {
  if (library === 'valkey-glide') return glideClient(where, await loadGlide(glidePath));
  if (library === 'node-redis') return nodeRedisClient(where);
  return ioredisClient(where, library === 'ioredis 5');
}

function ioredisClient({ port, sentinel, cluster, ...user }: Where, isFive: boolean): Connected {
  const SomeRedis = isFive ? (Redis5 as unknown as typeof Redis) : Redis;
  const SomeCluster = isFive ? (Cluster5 as unknown as typeof Cluster) : Cluster;
  const options = { ...user, disconnectTimeout: 0 };
  const client =
    cluster !== undefined
      ? new SomeCluster(cluster.map(local), { redisOptions: options })
      : sentinel !== undefined
        ? new SomeRedis({ ...options, name: sentinel.name, sentinels: sentinel.ports.map(local) })
        : new SomeRedis({ ...options, port: port ?? 0 });
  client.on('error', () => {});
  return { client, end: () => client.disconnect() };
}

async function nodeRedisClient({ port, sentinel, cluster, ...user }: Where): Promise<Connected> {
  const url = (at: number): string => `redis://127.0.0.1:${at}`;
  const client =
    cluster !== undefined
      ? createCluster({ rootNodes: cluster.map((at) => ({ url: url(at) })), defaults: user })
      : sentinel !== undefined
        ? createSentinel({ name: sentinel.name, sentinelRootNodes: sentinel.ports.map(local) })
        : createClient({ url: url(port ?? 0), ...user });
  (client as { on(event: 'error', listener: () => void): unknown }).on('error', () => {});
  await client.connect();
  return { client: client as unknown as RedisClient, end: () => client.destroy() };
}

async function glideClient(where: Where, glide: Awaited<ReturnType<typeof loadGlide>>): Promise<Connected> {
  if ('missing' in glide) throw new Error(glide.missing);
  const { port, cluster, username, password } = where;
  const options = {
    addresses: (cluster ?? [port ?? 0]).map(local),
    // By its own limits alone does it find out that one of a Cluster's masters hangs.
    ...(cluster === undefined ? glidePatience : { requestTimeout: 2_000, clientName: glideName }),
    ...(password !== undefined && { credentials: { ...(username !== undefined && { username }), password } }),
  };
  const { GlideClient, GlideClusterClient } = glide;
  const client = await (cluster === undefined
    ? GlideClient.createClient(options)
    : GlideClusterClient.createClient(options));
  return { client, end: () => client.close() };
}

function local(port: number): { host: string; port: number } {
  return { host: '127.0.0.1', port };
}
