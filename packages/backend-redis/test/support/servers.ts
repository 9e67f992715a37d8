import { afterAll, beforeAll, describe } from '@jest/globals';
import { Redis, type CommonRedisOptions } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { GenericContainer, Wait } from 'testcontainers';
import { noDocker, redisImage } from '../../../../tooling/servers/redis-container.mjs';
import { redisServer, startRedis, type RedisServer } from '../../../../tooling/servers/redis.mjs';
import { RedisBackend, type RedisBackendOptions } from '../../src/index.js';

/** Why no server can be started here; null where one can. */
export const noServer: string | null = (() => {
  if (process.env['CIRCUITRY_TEST_WITH'] === 'containers') {
    const reason = noDocker();
    if (reason !== null) return reason;
  }
  const found = redisServer();
  return 'missing' in found ? found.missing : null;
})();

/** A describe that is skipped, and says why, where no Redis server can be started. */
export function describeWithServer(title: string, body: () => void): void {
  if (noServer === null) describe(title, body);
  else describe.skip(`${title} (skipped: ${noServer})`, body);
}

/** ioredis's options, but for where the server is. */
export type ClientOptions = Omit<CommonRedisOptions, 'replyMapping'> & { readonly disconnectTimeout?: number };

/** Where one plain server is: REDIS_URL, or one that is started for this file. */
export interface PlainRedis {
  readonly url: string;
  /** Undefined for REDIS_URL: what somebody else's server runs may not be killed or configured. */
  readonly server: RedisServer | undefined;
  /** A client that ends with the file. */
  client(options?: ClientOptions): Redis;
  /** A backend that closes with the file, under a prefix of its own unless one is given. */
  backend(options?: Partial<RedisBackendOptions>): RedisBackend;
}

/**
 * Registers the hooks that start and end a plain server; call it in a describe.
 *
 * @param options `own`: never REDIS_URL, for what counts, flushes or configures a whole server, or puts a proxy before it
 */
export function usePlainRedis(options: { readonly own?: boolean } = {}): PlainRedis {
  let server: RedisServer | undefined;
  const ends: (() => unknown)[] = [];
  const own = options.own === true || !process.env['REDIS_URL'];
  let url = own ? '' : (process.env['REDIS_URL'] as string);

  beforeAll(async () => {
    if (!own) return;
    if (inContainers) {
      const container = await startContainer();
      ends.push(() => container.stop());
      url = container.url;
      return;
    }
    server = await startRedis();
    url = server.url;
  }, 60_000);
  afterAll(async () => {
    // Clients first: they were made last.
    for (const end of ends.reverse()) await end();
    await server?.stop();
  });

  const plain: PlainRedis = {
    get url() {
      return url;
    },
    get server() {
      return server;
    },
    client(options = {}) {
      const client = new Redis(url, { disconnectTimeout: 0, ...options });
      client.on('error', () => {});
      ends.push(() => client.disconnect());
      return client;
    },
    backend(options = {}) {
      const backend = new RedisBackend({
        client: plain.client({ maxRetriesPerRequest: 0 }),
        prefix: uniquePrefix(),
        ...options,
      });
      ends.push(() => backend.close());
      return backend;
    },
  };
  return plain;
}

/** Whether plain servers run in containers: CIRCUITRY_TEST_WITH=containers. */
const inContainers = process.env['CIRCUITRY_TEST_WITH'] === 'containers';

async function startContainer(): Promise<{ url: string; stop(): Promise<unknown> }> {
  // Ryuk, which removes what a killed test left behind, is an image of its own that only a registry has.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  const container = await new GenericContainer(redisImage())
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
    .start();
  return { url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`, stop: () => container.stop() };
}

/** A prefix that no other test uses: a shared REDIS_URL is never flushed. */
export function uniquePrefix(): string {
  return `test-${randomUUID()}`;
}
