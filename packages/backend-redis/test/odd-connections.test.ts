import type { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { systemClock } from '@circuitry/core';
import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { createClient } from 'redis';
import { until } from '../../../tooling/servers/redis.mjs';
import { RedisBackend, type RedisClient } from '../src/index.js';
import { startBalancer } from './support/balancer.js';
import { connectWith } from './support/clients.js';
import { libraries } from './support/glide.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { leastRights } from './support/rights.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

describeWithServer('Connections under odd circumstances, to a real Redis', () => {
  const redis = usePlainRedis({ own: true });
  const port = (): number => Number(new URL(redis.url).port);

  test('A connection that died without a word is replaced, though the clock was set back since another was', async () => {
    const balancer = await startBalancer(port());
    const client = new Redis({ port: balancer.port, disconnectTimeout: 0 });
    client.on('error', () => {});
    const clock = { error: 0, now: () => Date.now() + clock.error, after: systemClock.after.bind(systemClock) };
    const backend = redis.backend({ client, clock });
    const works = (): Promise<boolean> =>
      backend.retrieve('a', { signal: AbortSignal.timeout(300) }).then(
        () => true,
        () => false,
      );
    await backend.retrieve('a');
    for (const error of [0, -3_600_000]) {
      clock.error = error;
      balancer.forget();
      await until('another connection', works, 60_000);
    }
    await backend.close();
    client.disconnect();
    balancer.stop();
  }, 120_000);

  test.each(libraries.filter((library) => library !== 'valkey-glide'))(
    'Many backends on one client of %s are one listener of it, and none once they are closed',
    async (library) => {
      const { client, end } = await connectWith(library, { port: port() });
      const emitter = client as unknown as EventEmitter & { readonly status?: string };
      // While it connects, ioredis listens to itself.
      await until('the client', async () => (emitter.status ?? 'ready') === 'ready');
      const before = emitter.listenerCount('ready');
      const backends = Array.from({ length: 12 }, () => new RedisBackend({ client, prefix: uniquePrefix() }));
      expect(emitter.listenerCount('ready')).toBe(before + 1);
      for (const backend of backends) {
        await backend.store('a', null, aRecord(), minute);
        expect(emitter.listenerCount('ready')).toBe(before + 1);
        await backend.close();
      }
      expect(emitter.listenerCount('ready')).toBe(before);
      await end();
    },
  );

  const clients: [library: string, make: (user: object) => unknown][] = [
    ['ioredis 5', (user) => new Redis5({ port: port(), db: 3, disconnectTimeout: 0, ...user })],
    ['ioredis 6', (user) => new Redis({ port: port(), db: 3, disconnectTimeout: 0, ...user })],
    ['node-redis', (user) => createClient({ url: redis.url, database: 3, ...user })],
  ];
  test.each(clients)('A database that its user may not select keeps circuits out of another: %s', async (_, make) => {
    const prefix = uniquePrefix();
    const admin = redis.client();
    await admin.call('ACL', 'SETUSER', 'least', 'on', '>secret', ...leastRights(prefix));
    const client = make({ username: 'least', password: 'secret' }) as RedisClient & {
      on(e: 'error', l: () => void): void;
    };
    client.on('error', () => {});
    const backend = new RedisBackend({ client, prefix });
    const store = (): ReturnType<RedisBackend['store']> => backend.store('a', null, aRecord(), minute);
    const refused = await rejectionOf(store());
    expect(refused).toMatchObject({ code: 'ERR_STORAGE', ambiguous: false, retriable: false });
    expect(refused.message).toMatch(/NOPERM.*select/);
    expect(await admin.exists(`${prefix}:{a}`)).toBe(0);
    await admin.call('ACL', 'SETUSER', 'least', '+select');
    await until('the database to be selected', () =>
      store().then(
        ({ applied }) => applied,
        () => false,
      ),
    );
    await admin.select(3);
    expect(await admin.exists(`${prefix}:{a}`)).toBe(1);
    await backend.close();
    (client as unknown as { disconnect(): unknown }).disconnect?.();
  });

  const missing: [what: string, less: string[]][] = [
    ['a command', ['-set']],
    ['the server’s clock', ['-time']],
  ];
  test.each(missing)('A right to %s that a script misses is told as one, and not as what passes', async (_, less) => {
    const prefix = uniquePrefix();
    const admin = redis.client();
    await redis.backend({ prefix }).store('a', null, aRecord(), minute);
    await admin.call('ACL', 'SETUSER', 'lesser', 'on', '>secret', ...leastRights(prefix), ...less);
    const client = redis.client({ username: 'lesser', password: 'secret' });
    const backend = redis.backend({ client, prefix });
    const calls = [backend.apply('a', aRecord().revision, {}, minute), backend.lock('a', { lease: 60_000 })];
    for (const call of calls) {
      expect(await rejectionOf(call)).toMatchObject({
        code: 'ERR_STORAGE',
        ambiguous: false,
        retriable: false,
        message: expect.stringContaining('lacks a right'),
      });
    }
  });
});
