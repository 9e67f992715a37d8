import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { startCluster, until, type RedisClusterServers, type RedisServer } from '../../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../../src/index.js';
import { KeyNames } from '../../src/circuit/key-names.js';
import { connectWith, type Connected, type Library } from './clients.js';

/** A Cluster of three masters and three replicas, for the tests of one describe. */
export interface UsedCluster {
  readonly servers: RedisClusterServers;
  /** Masters first, then the replicas in the order of their masters; as it was at first. */
  node(index: number): RedisServer;
  /** A backend with a client of its own; both end with the test. */
  backend(prefix: string, settings?: BackendSettings): RedisBackend;
  /** The same with a client of that library. */
  backendWith(library: Library, prefix: string): Promise<RedisBackend>;
  /** Listens to the prefix's ordinary channel; answers what to ask for how many messages came over it until now. */
  ordinaryMessages(prefix: string): Promise<() => Promise<number>>;
}

interface BackendSettings {
  readonly username?: string;
  /** Its connection looks who has which slot when it is made, and never again: a client does so when it likes. */
  readonly looksAtSlotsOnce?: boolean;
}

/** Registers the hooks that start and end it; call it in a describe. */
export function useCluster(args: readonly string[] = []): UsedCluster {
  let servers: RedisClusterServers;
  const ends: (() => unknown)[] = [];
  beforeAll(async () => {
    servers = await startCluster({ masters: 3, replicas: 1, args });
  }, 60_000);
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  afterAll(() => servers.stop());
  return {
    get servers() {
      return servers;
    },
    node: (index) => servers.nodes[index] as RedisServer,
    async backendWith(library, prefix) {
      const connected: Connected[] = [];
      const connect = async (): Promise<boolean> =>
        connected.push(await connectWith(library, { cluster: servers.ports })) > 0;
      // Again where a server of a busy machine did not answer in the library's time.
      await until(`a client of ${library}`, connect, 60_000);
      const { client, end } = connected[0] as Connected;
      const backend = new RedisBackend({ client, prefix });
      ends.push(async () => {
        await backend.close();
        await end();
      });
      return backend;
    },
    backend(prefix, { username, looksAtSlotsOnce = false } = {}) {
      const user = username === undefined ? {} : { username, password: 'secret' };
      const nodes = servers.ports.map((port) => ({ host: '127.0.0.1', port }));
      const client = new Cluster(nodes, { redisOptions: { disconnectTimeout: 0, ...user } });
      client.on('error', () => {});
      if (looksAtSlotsOnce) {
        client.duplicate = (...how) => {
          const own = Cluster.prototype.duplicate.apply(client, how) as Cluster;
          return own.once('ready', () => (own.refreshSlotsCache = () => {}));
        };
      }
      const backend = new RedisBackend({ client, prefix });
      ends.push(async () => {
        await backend.close();
        client.disconnect();
      });
      return backend;
    },
    async ordinaryMessages(prefix) {
      const { channel } = new KeyNames(prefix);
      const [listener, publisher] = [1, 1].map(
        () => new Redis({ port: servers.ports[1] as number, disconnectTimeout: 0 }),
      ) as [Redis, Redis];
      ends.push(() => [listener, publisher].forEach((client) => client.disconnect()));
      let [messages, markers, marked] = [0, 0, 0];
      listener.on('message', (_, text) => (text === 'marker' ? (markers += 1) : (messages += 1)));
      await listener.subscribe(channel);
      return async () => {
        await publisher.publish(channel, 'marker');
        marked += 1;
        await until('the marker', async () => markers === marked);
        return messages;
      };
    },
  };
}
