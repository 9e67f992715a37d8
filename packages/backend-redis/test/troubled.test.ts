import { expect, jest, test } from '@jest/globals';
import { CircuitBreakerFactory, type StorageBackend } from '@circuitry/core';
import { until } from '../../../tooling/servers/redis.mjs';
import { aRecord, minute } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';
import { useCluster } from './support/use-cluster.js';

jest.setTimeout(180_000);

const { revision } = aRecord();
const open = aRecord({ state: 'open', openings: 1, since: 1, expiresAt: 2 });
const forced = aRecord({ override: { state: 'closed', reason: null, by: 'ops', until: null } });

async function troubled(backend: StorageBackend, prefix = ''): Promise<string[]> {
  const names = [];
  for await (const { name } of backend.list({ only: 'troubled', prefix })) names.push(name);
  return names.sort();
}

describeWithServer('The index of troubled circuits on a real Redis', () => {
  const redis = usePlainRedis({ own: true });

  test('It has the circuits that are not closed or under an override, and no others', async () => {
    const backend = redis.backend();
    await backend.store('fine', null, aRecord(), minute);
    await backend.store('open', null, open, minute);
    await backend.store('forced', null, forced, minute);
    await backend.store('half', null, { ...open, state: 'half-open' }, minute);
    expect(await troubled(backend)).toEqual(['forced', 'half', 'open']);
    expect(await troubled(backend, 'o')).toEqual(['open']);
    for (const name of ['open', 'forced', 'half']) {
      await backend.store(name, revision, aRecord({ revision: revision + 1 }), minute);
    }
    expect(await troubled(backend)).toEqual([]);
  });

  test('A name whose record expired, was deleted or replaced by hand is taken off by the next listing', async () => {
    const prefix = uniquePrefix();
    const backend = redis.backend({ prefix });
    const client = redis.client();
    await backend.store('expired', null, open, { ttl: 30 });
    for (const name of ['deleted', 'replaced']) await backend.store(name, null, open, minute);
    await backend.delete('deleted');
    await client.set(`${prefix}:{replaced}`, '1 5 closed 0 0 0 - me|');
    await until('the end', async () => (await backend.retrieve('expired')).record === null);
    expect(await client.scard(`${prefix}:troubled`)).toBe(3);
    expect(await troubled(backend)).toEqual([]);
    expect(await client.scard(`${prefix}:troubled`)).toBe(0);
  });

  test('It is read where it can’t be mended: while the server refuses writes, and by a user who may only read', async () => {
    const prefix = uniquePrefix();
    const backend = redis.backend({ prefix });
    const client = redis.client();
    for (const name of ['open', 'gone']) await backend.store(name, null, open, minute);
    await client.del(`${prefix}:{gone}`);
    await client.config('SET', 'min-replicas-to-write', '1');
    expect(await troubled(backend)).toEqual(['open']);
    await client.config('SET', 'min-replicas-to-write', '0');
    const rights = [`~${prefix}:*`, '-@all', '+get', '+time', '+sscan', '+info', '+ping'];
    await client.call('ACL', 'SETUSER', 'reader', 'on', '>secret', ...rights);
    const reader = redis.client({ username: 'reader', password: 'secret' });
    expect(await troubled(redis.backend({ prefix, client: reader }))).toEqual(['open']);
    expect(await client.scard(`${prefix}:troubled`)).toBe(2);
    expect(await troubled(backend)).toEqual(['open']);
    expect(await client.scard(`${prefix}:troubled`)).toBe(1);
  });

  test('100 troubled circuits among 1,000,000 are listed for hundreds of items, not a million', async () => {
    const prefix = uniquePrefix();
    const backend = redis.backend({ prefix });
    const client = redis.client();
    // Filled by the server itself: a million stores would take minutes.
    const fill =
      "for i = ARGV[2], ARGV[3] do redis.call('SET', ARGV[1] .. ':{tenant-' .. i .. '}', '1 5 closed 0 0 0 - me|s=1|') end";
    for (let from = 0; from < 1_000_000; from += 50_000) await client.eval(fill, 0, prefix, from, from + 49_999);
    for (let index = 0; index < 100; index += 1) {
      await backend.store(`tenant-${index * 9_999}`, 5, { ...open, revision: 6 }, minute);
    }
    expect(await client.dbsize()).toBeGreaterThanOrEqual(1_000_000);
    await client.config('RESETSTAT');
    expect(await troubled(backend)).toHaveLength(100);
    const stats = await client.info('commandstats');
    const calls = (command: string): number =>
      Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
    expect(calls('evalsha') + calls('get') + calls('sscan')).toBeLessThan(500);
    expect(calls('scan')).toBe(0);
    await client.flushall();
  });

  test('A transition costs one command more inside its script, and a call none', async () => {
    const admin = redis.client();
    const backend = redis.backend();
    const factory = new CircuitBreakerFactory({ backend, failureCountThreshold: 3, storageTimeout: '1m' });
    const breaker = factory.breakerFor('job');
    const fail = (): Promise<unknown> => breaker.settle(() => Promise.reject(new Error('x')));
    const written = async (work: () => Promise<unknown>): Promise<number> => {
      await admin.config('RESETSTAT');
      await work();
      const stats = await admin.info('commandstats');
      return [...stats.matchAll(/cmdstat_s(?:add|rem):calls=(\d+)/g)].reduce(
        (sum, [, calls]) => sum + Number(calls),
        0,
      );
    };
    await fail();
    expect(await written(fail)).toBe(0);
    expect(await written(fail)).toBe(1);
    await factory.close();
  });
});

describeWithServer('The index of troubled circuits on a real Cluster', () => {
  const cluster = useCluster();

  test('Circuits on all masters are listed, and those that closed, expired or were deleted are not', async () => {
    const prefix = uniquePrefix();
    const [one, other] = [cluster.backend(prefix), cluster.backend(prefix)];
    const names = Array.from({ length: 30 }, (_, index) => `circuit ${String(index).padStart(2, '0')}`);
    await Promise.all(names.map((name) => one.store(name, null, open, minute)));
    expect(await troubled(other)).toEqual(names);
    const [closed = '', gone = '', ...left] = names;
    await other.store(closed, revision, aRecord({ revision: revision + 1 }), minute);
    await other.delete(gone);
    await until('it to be known', async () => (await troubled(one)).length === left.length);
    expect(await troubled(one)).toEqual(left);
  });
});
