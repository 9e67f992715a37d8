import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis-5';
import { createClient, createCluster, createSentinel } from 'redis';
import { startCluster, startRedis, startSentinel } from '../../../../tooling/servers/redis.mjs';
import { startTcpProxy, type TcpProxy } from '../../../../tooling/servers/tcp-proxy.mjs';
import type { RedisBackendOptions, RedisClient } from '../../src/index.js';
import type { Connected } from './clients.js';
import { clusterRights, leastRights } from './rights.js';
import { uniquePrefix } from './servers.js';

/** One kind of set-up that the whole contract must hold on: its servers, and how to connect to them. */
export interface Setup {
  /** A client whose connections go through the set-up's proxies. */
  connect(prefix: string): Promise<Connected>;
  /** More options of the backend. */
  readonly options?: Partial<RedisBackendOptions>;
  /** One that doesn't: for damaging records. */
  readonly direct: Redis | Cluster;
  /** What stands between the clients and the servers. */
  readonly proxies: readonly TcpProxy[];
  newPrefix?(): string;
  /** What the clients put before every key. */
  readonly keyPrefix?: string;
  /** Of a Cluster: the ports of its servers, in the order of the proxies. */
  readonly servers?: readonly number[];
  stop(): Promise<void>;
}

/** One server behind a proxy, with the client that `make` makes of the proxy's port. */
export async function plainSetup(
  make: (port: number) => Redis = (port) => new Redis({ port, disconnectTimeout: 0 }),
  settings: {
    args?: readonly string[];
    server?: string;
    options?: Partial<RedisBackendOptions>;
    newPrefix?: () => string;
    keyPrefix?: string;
  } = {},
): Promise<Setup> {
  const { options = {}, newPrefix = uniquePrefix, keyPrefix = '', ...serverOptions } = settings;
  const server = await startRedis(serverOptions);
  const proxy = await startTcpProxy(server.port);
  const direct = new Redis({ port: server.port, disconnectTimeout: 0 });
  return {
    connect: async () => quiet(make(proxy.port)),
    options,
    direct,
    proxies: [proxy],
    newPrefix,
    keyPrefix,
    async stop() {
      direct.disconnect();
      await proxy.stop();
      await server.stop();
    },
  };
}

/** ioredis 5, which speaks RESP2. */
export const ioredis5Setup = (): Promise<Setup> =>
  plainSetup((port) => new Redis5({ port, disconnectTimeout: 0 }) as unknown as Redis);

/** A Cluster, with ioredis 5. */
export const cluster5Setup = (): Promise<Setup> => clusterSetup({ Client: Cluster5 as unknown as typeof Cluster });

/** Locks on three servers of their own. */
export async function quorumSetup(): Promise<Setup> {
  const lockServers = await Promise.all([1, 2, 3].map(() => startRedis()));
  const lockClients = lockServers.map(({ port }) => new Redis({ port, maxRetriesPerRequest: 0, disconnectTimeout: 0 }));
  const plain = await plainSetup(undefined, { options: { lockClients } });
  return {
    ...plain,
    async stop() {
      for (const client of lockClients) client.disconnect();
      await Promise.all(lockServers.map((server) => server.stop()));
      await plain.stop();
    },
  };
}

/** A user with the rights that the documents name, and no others. */
export async function aclSetup(): Promise<Setup> {
  const plain = await plainSetup();
  return {
    ...plain,
    async connect(prefix) {
      await (plain.direct as Redis).call('ACL', 'SETUSER', prefix, ...leastRights(prefix));
      const [proxy] = plain.proxies as [TcpProxy];
      return quiet(new Redis({ port: proxy.port, username: prefix, password: 'secret', disconnectTimeout: 0 }));
    },
  };
}

export async function sentinelSetup(): Promise<Setup> {
  const servers = await startSentinel({ replicas: 1, downAfter: 120_000 });
  const proxy = await startTcpProxy(servers.primary.port);
  const direct = new Redis({ port: servers.primary.port, disconnectTimeout: 0 });
  const sentinels = servers.sentinelPorts.map((port) => ({ host: '127.0.0.1', port }));
  const natMap = { [`127.0.0.1:${servers.primary.port}`]: { host: '127.0.0.1', port: proxy.port } };
  return {
    connect: async () => quiet(new Redis({ sentinels, name: servers.name, natMap, disconnectTimeout: 0 })),
    direct,
    proxies: [proxy],
    async stop() {
      direct.disconnect();
      await proxy.stop();
      await servers.stop();
    },
  };
}

/**
 * @param settings `withRights`: clients come as a user who has the rights that the documents name for a Cluster, no others;
 *   `Client`: default ioredis 6's
 */
export async function clusterSetup(settings: { withRights?: boolean; Client?: typeof Cluster } = {}): Promise<Setup> {
  const { withRights = false, Client = Cluster } = settings;
  const servers = await startCluster();
  const proxies = await Promise.all(servers.ports.map((port) => startTcpProxy(port)));
  const natMap = Object.fromEntries(
    servers.ports.map((port, index) => [`127.0.0.1:${port}`, { host: '127.0.0.1', port: proxies[index]?.port ?? 0 }]),
  );
  const direct = new Cluster(
    servers.ports.map((port) => ({ host: '127.0.0.1', port })),
    { redisOptions: { disconnectTimeout: 0 } },
  );
  return {
    connect: async (prefix) => {
      const user = withRights ? { username: prefix, password: 'secret' } : {};
      if (withRights) {
        const rights = [...leastRights(prefix), ...clusterRights(prefix)];
        await Promise.all(direct.nodes('all').map((node) => node.call('ACL', 'SETUSER', prefix, ...rights)));
      }
      const nodes = proxies.map(({ port }) => ({ host: '127.0.0.1', port }));
      return quiet(new Client(nodes, { natMap, redisOptions: { ...user, disconnectTimeout: 0 } }));
    },
    direct,
    proxies,
    servers: servers.ports,
    async stop() {
      direct.disconnect();
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      await servers.stop();
    },
  };
}

function quiet(client: Redis | Cluster): Connected {
  client.on('error', () => {});
  return { client, end: () => client.disconnect() };
}

/** One server, with node-redis. */
export const nodeRedisSetup = (settings: Parameters<typeof plainSetup>[1] = {}): Promise<Setup> =>
  plainSetup(undefined, settings).then((plain) => ({
    ...plain,
    connect: () => nodeRedis(createClient({ url: `redis://127.0.0.1:${plain.proxies[0]?.port}` })),
  }));

/** A Sentinel set, with node-redis. */
export async function nodeRedisSentinelSetup(): Promise<Setup> {
  const servers = await startSentinel({ replicas: 1, downAfter: 120_000 });
  const proxy = await startTcpProxy(servers.primary.port);
  const direct = new Redis({ port: servers.primary.port, disconnectTimeout: 0 });
  const options = {
    name: servers.name,
    sentinelRootNodes: servers.sentinelPorts.map((port) => ({ host: '127.0.0.1', port })),
    nodeAddressMap: { [`127.0.0.1:${servers.primary.port}`]: { host: '127.0.0.1', port: proxy.port } },
  };
  return {
    connect: () => nodeRedis(createSentinel(options)),
    direct,
    proxies: [proxy],
    async stop() {
      direct.disconnect();
      await proxy.stop();
      await servers.stop();
    },
  };
}

/** A Cluster, with node-redis. */
export async function nodeRedisClusterSetup(): Promise<Setup> {
  const setup = await clusterSetup();
  const ports = setup.proxies.map(({ port }) => port);
  const nodeAddressMap = (address: string): { host: string; port: number } => {
    const at = setup.servers?.indexOf(Number(address.split(':').at(-1))) ?? -1;
    return { host: '127.0.0.1', port: ports[at] ?? 0 };
  };
  return {
    ...setup,
    connect: () =>
      nodeRedis(
        createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })), nodeAddressMap }),
      ),
  };
}

/** What node-redis' kinds of clients have in common. To compare their whole types takes the compiler half a minute. */
interface NodeRedis {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
}

/** As a user would: connected, with a listener for its errors. */
async function nodeRedis(client: NodeRedis): Promise<Connected> {
  client.on('error', () => {});
  await client.connect();
  return { client: client as unknown as RedisClient, end: () => client.destroy() };
}
