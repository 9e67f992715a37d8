import { expect, test } from '@jest/globals';
import { until } from '../../../tooling/servers/redis.mjs';
import { aRecord } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

describeWithServer('Lifetimes on a real Redis', () => {
  const redis = usePlainRedis();
  const { revision } = aRecord();

  test('Every applied write renews the ttl, and one that is not applied leaves it', async () => {
    const prefix = uniquePrefix();
    const backend = redis.backend({ prefix });
    const left = (): Promise<number> => redis.client().pttl(`${prefix}:{x}`);
    await backend.store('x', null, aRecord(), { ttl: 100_000 });
    expect(await left()).toBeGreaterThan(50_000);
    await backend.apply('x', revision, { add: { a: 1 } }, { ttl: 1_000_000 });
    expect(await left()).toBeGreaterThan(500_000);
    await backend.apply('x', revision - 1, { add: { a: 1 } }, { ttl: 10_000_000 });
    await backend.store('x', null, aRecord(), { ttl: 10_000_000 });
    await backend.store('x', revision, aRecord(), { ttl: 10_000_000, expect: { a: 2 } });
    expect(await left()).toBeLessThanOrEqual(1_000_000);
    await backend.store('x', revision, aRecord(), { ttl: 10_000_000 });
    expect(await left()).toBeGreaterThan(5_000_000);
  });

  test('An infinite ttl never ends, a later finite one takes over, and the longest finite one is no error', async () => {
    const prefix = uniquePrefix();
    const backend = redis.backend({ prefix });
    const left = (): Promise<number> => redis.client().pttl(`${prefix}:{x}`);
    await backend.store('x', null, aRecord(), { ttl: 600_000 });
    await backend.apply('x', revision, {}, { ttl: Infinity });
    expect(await left()).toBe(-1);
    await backend.apply('x', revision, {}, { ttl: 600_000 });
    expect(await left()).toBeGreaterThan(0);
    await backend.store('x', revision, aRecord(), { ttl: Infinity });
    expect(await left()).toBe(-1);
    await backend.apply('x', revision, {}, { ttl: Number.MAX_VALUE });
    expect(await left()).toBeGreaterThan(2 ** 52);
    await backend.apply('x', revision, {}, { ttl: 0.25 });
    await until('the record to end', async () => (await left()) === -2);
  });

  test('From its end on every verb and the listing treat a record as absent', async () => {
    const backend = redis.backend();
    await backend.store('x', null, aRecord(), { ttl: 60 });
    await until('the record to end', async () => (await backend.retrieve('x')).record === null);
    expect(await backend.apply('x', revision, { add: { a: 1 } }, { ttl: 1_000 })).toMatchObject({
      applied: false,
      record: null,
    });
    expect(await backend.store('x', revision, aRecord(), { ttl: 1_000 })).toMatchObject({
      applied: false,
      record: null,
    });
    expect((await backend.list().next()).done).toBe(true);
    expect(await backend.store('x', null, aRecord(), { ttl: 1_000 })).toMatchObject({ applied: true });
  });
});
