import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startSentinel, until, type RedisSentinelServers } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { describeWithServer } from './support/servers.js';

jest.setTimeout(120_000);

describeWithServer('The minority side of a split, on a real Sentinel set', () => {
  let servers: RedisSentinelServers;
  beforeAll(async () => {
    servers = await startSentinel({ replicas: 1, downAfter: 120_000 });
  });
  afterAll(() => servers.stop());

  test('With min-replicas-to-write a primary that is cut off refuses writes; nothing is acknowledged that would be lost', async () => {
    const client = new Redis({
      sentinels: servers.sentinelPorts.map((port) => ({ host: '127.0.0.1', port })),
      name: servers.name,
      disconnectTimeout: 0,
    });
    const backend = new RedisBackend({ client });
    const { revision } = aRecord();
    await servers.primary.ask('CONFIG', 'SET', 'min-replicas-to-write', '1');
    await servers.primary.ask('CONFIG', 'SET', 'min-replicas-max-lag', '1');
    await until('the replica to be counted', async () => {
      return backend.store('a', null, aRecord(), minute).then(
        ({ record }) => record !== null,
        () => false,
      );
    });
    await servers.replicas[0]?.kill('SIGSTOP');
    let acknowledged = 0;
    await until(
      'writes to be refused',
      async () => {
        try {
          await backend.apply('a', revision, { add: { x: 1 } }, minute);
          acknowledged += 1;
          return false;
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_STORAGE', ambiguous: false, retriable: true });
          expect((error as Error).message).toMatch(/NOREPLICAS.*min-replicas-to-write/);
          return true;
        }
      },
      60_000,
    );
    // Reads go on, with what was acknowledged before.
    expect((await backend.retrieve('a')).record?.counters['x'] ?? 0).toBe(acknowledged);
    const refused = [backend.store('b', null, aRecord(), minute), backend.lock('a', { lease: 1_000 })];
    for (const each of refused) expect((await rejectionOf(each)).message).toContain('NOREPLICAS');
    await servers.replicas[0]?.kill('SIGCONT');
    await until('writes to work again', () =>
      backend.apply('a', revision, { add: { x: 1 } }, minute).then(
        ({ applied }) => applied,
        () => false,
      ),
    );
    await backend.close();
    client.disconnect();
  });
});
