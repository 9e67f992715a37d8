import { afterAll, beforeAll, describe } from '@jest/globals';
import { Redis, type CommonRedisOptions } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { redisServer, startRedis, type RedisServer } from '../../../../tooling/servers/redis.mjs';
import { RedisBackend, type RedisBackendOptions } from '../../src/index.js';

/** Why no server can be started here; null where one can. */
export const noServer: string | null = (() => {
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

/** Registers the hooks that start and end a plain server; call it in a describe. */
export function usePlainRedis(args: readonly string[] = []): PlainRedis {
  let server: RedisServer | undefined;
  let url = process.env['REDIS_URL'] ?? '';
  const ends: (() => unknown)[] = [];
  const own = url === '' || args.length > 0;

  beforeAll(async () => {
    if (!own) return;
    server = await startRedis({ args });
    url = server.url;
  });
  afterAll(async () => {
    await Promise.all(ends.map((end) => end()));
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

/** A prefix that no other test uses: a shared REDIS_URL is never flushed. */
export function uniquePrefix(): string {
  return `test-${randomUUID()}`;
}
