import { expect, test } from '@jest/globals';
import { CircuitBreakerFactory } from '@circuitry/core';
import { Redis } from 'ioredis';
import { inspect } from 'node:util';
import { createClient } from 'redis';
import { startRedis } from '../../../tooling/servers/redis.mjs';
import { RedisBackend, type RedisClient } from '../src/index.js';
import { glide, noGlide } from './support/glide.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { describeWithServer } from './support/servers.js';

const secret = 'S3cr3t-Passw0rd-42';

/** As a logger would show it, at any depth, and as JSON. */
function shown(value: unknown): string {
  const causes: unknown[] = [];
  for (let at = value; at !== null && typeof at === 'object'; at = (at as { cause?: unknown }).cause) causes.push(at);
  return causes
    .map((each) => inspect(each, { depth: 20, showHidden: true, getters: true }) + JSON.stringify(each))
    .join();
}

describeWithServer('What a log gets of secrets, on a real Redis', () => {
  const withoutGlide: [title: string, make: (port: number) => unknown][] = [
    ['ioredis', (port) => new Redis({ port, password: secret, maxRetriesPerRequest: 0, disconnectTimeout: 0 })],
    ['ioredis, by URL', (port) => new Redis(`redis://default:${secret}@127.0.0.1:${port}`, { disconnectTimeout: 0 })],
    [
      'ioredis as BullMQ wants it',
      (port) => new Redis({ port, password: secret, maxRetriesPerRequest: null, disconnectTimeout: 0 }),
    ],
    ['node-redis', (port) => createClient({ url: `redis://default:${secret}@127.0.0.1:${port}` })],
  ];
  const lazyGlide = (port: number): unknown =>
    glide().GlideClient.createClient({
      addresses: [{ host: '127.0.0.1', port }],
      credentials: { password: secret },
      // Else it could not be made.
      lazyConnect: true,
    });
  const clients = noGlide === null ? [...withoutGlide, ['valkey-glide', lazyGlide] as const] : withoutGlide;

  test.each(clients)(
    'A refused password is in no error and no log line, and trying again is not advised: %s',
    async (_, make) => {
      const server = await startRedis();
      await server.ask('CONFIG', 'SET', 'requirepass', 'another');
      const client = (await make(server.port)) as RedisClient & { disconnect?(): unknown; close?(): unknown };
      if ('on' in client) (client as unknown as Redis).on('error', () => {});
      const backend = new RedisBackend({ client });
      const lines: unknown[] = [];
      const log = (...values: unknown[]): void => void lines.push(values);
      const logger = { debug: log, info: log, warn: log, error: log };
      const factory = new CircuitBreakerFactory({ backend, logger, onStorageFailure: 'throw', storageTimeout: '1m' });
      const errors = [
        await rejectionOf(factory.breakerFor('x').execute(() => 1)),
        await rejectionOf(backend.retrieve('x')),
        await rejectionOf(backend.store('x', null, aRecord(), minute)),
        await rejectionOf(backend.lock('x', { lease: 1_000 })),
        await rejectionOf(backend.watch(() => {})),
      ];
      for (const error of errors) {
        expect(error).toMatchObject({ code: 'ERR_STORAGE', retriable: false });
        expect(error.message).toMatch(/user or password/);
      }
      expect(lines.length).toBeGreaterThan(0);
      for (const each of [...errors, ...lines, backend]) expect(shown(each)).not.toContain(secret);
      await factory.close();
      await backend.close();
      if (client.disconnect === undefined) client.close?.();
      else client.disconnect();
      await server.stop();
    },
  );

  test("A server that repeats a command's arguments in its error is not quoted", async () => {
    const server = await startRedis({ args: ['--rename-command', 'EVAL', 'gone'] });
    const client = new Redis({ port: server.port, disconnectTimeout: 0 });
    const backend = new RedisBackend({ client });
    const error = await rejectionOf(backend.store(secret, null, aRecord({ by: secret }), minute));
    expect(error).toMatchObject({ code: 'ERR_STORAGE', retriable: false });
    expect(error.message).toContain('unknown command');
    expect(shown(error.cause)).not.toContain(secret);
    await backend.close();
    client.disconnect();
    await server.stop();
  });
});
