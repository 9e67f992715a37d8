import type { Cluster } from 'ioredis';
import { examineRedis } from '../doctor/redis.js';
import type { Terminal } from '../terminal/terminal.js';
import { loadPeer, type Peer } from './load-peer.js';
import { describeUrl, readRedisUrl } from './redis-url.js';
import type { StoreOptions } from './store-options.js';
import type { Store } from './store.js';

const install = '@circuitry/backend-redis ioredis';
type IoRedis = Pick<typeof import('ioredis'), 'Cluster' | 'Redis'>;
const ioredis: Peer<IoRedis> = { name: 'ioredis', install, load: () => import('ioredis') };
const backend: Peer<typeof import('@circuitry/backend-redis')> = {
  name: '@circuitry/backend-redis',
  install,
  load: () => import('@circuitry/backend-redis'),
};

/** A Redis or Valkey: one server, or with `--cluster` the Cluster that it belongs to. */
export async function openRedis(options: StoreOptions, terminal: Terminal): Promise<Store> {
  const url = readRedisUrl(options.redis, terminal);
  const [{ Redis, Cluster }, { RedisBackend }] = await Promise.all([
    loadPeer(ioredis, terminal.workingDirectory),
    loadPeer(backend, terminal.workingDirectory),
  ]);
  const client =
    options.cluster === true
      ? clusterAt(url, Cluster)
      : new Redis(url.href, { maxRetriesPerRequest: 0, disconnectTimeout: 0 });
  // Without a listener it prints each failed attempt; what matters comes back from the calls.
  client.on('error', () => {});
  const prefix = options.keyPrefix ?? 'circuitry';
  const store = new RedisBackend({ client, prefix });
  return {
    backend: store,
    where: `Redis at ${describeUrl(url)}, prefix ${JSON.stringify(prefix)}`,
    settings: {},
    examine: (examination) => examineRedis(client, prefix, examination),
    async close() {
      await store.close();
      client.disconnect();
    },
  };
}

function clusterAt(url: URL, Cluster: IoRedis['Cluster']): Cluster {
  const decoded = (text: string): string => decodeURIComponent(text);
  return new Cluster([{ host: url.hostname, port: Number(url.port || 6379) }], {
    retryDelayOnFailover: 0,
    redisOptions: {
      ...(url.username !== '' && { username: decoded(url.username) }),
      ...(url.password !== '' && { password: decoded(url.password) }),
      ...(url.protocol === 'rediss:' && { tls: {} }),
    },
  });
}
