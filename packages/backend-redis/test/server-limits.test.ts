import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, until, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { describeWithServer } from './support/servers.js';

jest.setTimeout(120_000);

describeWithServer('A Redis at its limits', () => {
  let server: RedisServer;
  let client: Redis;
  let backend: RedisBackend;
  const { revision } = aRecord();
  const next = aRecord({ revision: revision + 1, state: 'open', expiresAt: 5 });

  beforeEach(async () => {
    server = await startRedis();
    client = new Redis({ port: server.port, disconnectTimeout: 0 });
    client.on('error', () => {});
    backend = new RedisBackend({ client });
    await backend.store('a', null, aRecord({ counters: { x: 1, y: 2 } }), minute);
  });
  afterEach(async () => {
    await backend.close();
    client.disconnect();
    await server.stop();
  });

  test('Out of memory, writes are refused whole and say that nothing happened, reads go on, and so do writes afterwards', async () => {
    const before = await client.dump('circuitry:{a}');
    await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await server.ask('CONFIG', 'SET', 'maxmemory', '1');
    const writes = [
      backend.store('a', revision, next, minute),
      backend.store('b', null, aRecord(), minute),
      backend.apply('a', revision, { add: { x: 1 }, drop: ['y'] }, minute),
    ];
    for (const write of writes) {
      const error = await rejectionOf(write);
      expect(error).toMatchObject({ code: 'ERR_STORAGE', ambiguous: false, retriable: true, scope: 'store' });
      expect(error.message).toContain('maxmemory');
    }
    expect((await backend.retrieve('a')).record?.counters).toEqual({ x: 1, y: 2 });
    expect((await backend.retrieve('b')).record).toBeNull();
    await server.ask('CONFIG', 'SET', 'maxmemory', '0');
    expect(await client.dump('circuitry:{a}')).toBe(before);
    expect((await backend.store('a', revision, next, minute)).applied).toBe(true);
  });

  test('A circuit that was evicted is one that is not known: calls go on from there', async () => {
    await server.ask('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-random');
    await server.ask('CONFIG', 'SET', 'maxmemory', '1');
    await until('the eviction', async () => {
      await client.set('pressure', 'x').catch(() => {});
      return (await backend.retrieve('a')).record === null;
    });
    await server.ask('CONFIG', 'SET', 'maxmemory', '0');
    expect(await backend.apply('a', revision, { add: { x: 1 } }, minute)).toMatchObject({
      applied: false,
      record: null,
    });
    expect(await backend.store('a', null, next, minute)).toMatchObject({ applied: true, record: next });
  });

  test('A server that became a replica refuses writes without doubt, and is asked again once it is a primary', async () => {
    const other = await startRedis();
    await server.ask('REPLICAOF', '127.0.0.1', other.port);
    await until('it to be read-only', async () => {
      const error = await rejectionOf(backend.store('new', null, aRecord(), minute)).catch(() => null);
      return error?.message.includes('READONLY') === true && error['ambiguous'] === false;
    });
    await server.ask('REPLICAOF', 'NO', 'ONE');
    // One whose answer was lost was applied as well.
    await until(
      'writes to work again',
      async () => (await backend.store('b', null, aRecord(), minute)).record !== null,
    );
    await other.stop();
  });

  test("While somebody's slow script blocks the server calls end with their signal; afterwards they go on", async () => {
    const other = new Redis({ port: server.port, disconnectTimeout: 0 });
    await other.ping();
    // For its first five seconds the server says nothing at all.
    const slow = other.eval('while true do end', 0).catch((error: unknown) => error);
    const first = await rejectionOf(
      backend.apply('a', revision, { add: { x: 1 } }, { ...minute, signal: AbortSignal.timeout(50) }),
    );
    expect(first).toMatchObject({ code: 'ERR_STORAGE', ambiguous: true });
    await until('the server to say that it is busy', async () => {
      const error = await rejectionOf(backend.retrieve('a'));
      return error.message.includes('BUSY') && error['code'] === 'ERR_STORAGE';
    });
    await server.ask('SCRIPT', 'KILL');
    await slow;
    await until('it to work again', async () => (await backend.retrieve('a')).record !== null);
    other.disconnect();
  });
});
