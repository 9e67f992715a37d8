import { expect, test } from '@jest/globals';
import { CircuitBreakerFactory, type CircuitRecord } from '@circuitry/core';
import fc from 'fast-check';
import type { RedisBackend } from '../src/index.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

const biggest = Number.MAX_SAFE_INTEGER;

describeWithServer('Records on a real Redis', () => {
  const redis = usePlainRedis();

  test('An unknown name reads as no record, and reading creates nothing', async () => {
    const prefix = 'nothing-here';
    const backend = redis.backend({ prefix });
    const reading = await backend.retrieve('a');
    expect(reading.record).toBeNull();
    expect(await redis.client().keys(`${prefix}*`)).toEqual([]);
  });

  test('What is done to what a listing or a breaker said changes nothing for the calls that follow', async () => {
    const backend = redis.backend();
    const factory = new CircuitBreakerFactory({ backend });
    const breaker = factory.breakerFor('a');
    await breaker.forceOpen({ reason: 'maintenance' });
    const loosen = (record: object): void =>
      void Object.assign((record as { override: object }).override, { state: 'closed' });
    loosen(await breaker.information());
    for await (const { record } of backend.list()) {
      loosen(record);
      Object.assign(record.counters, { 'total.successes': 999 });
      Object.assign(record, { since: new Date() });
    }
    expect(await rejectionOf(breaker.execute(() => 'ran'))).toMatchObject({ code: 'ERR_FORCED_OPEN' });
    await breaker.release();
    await breaker.execute(() => 'ran');
    expect((await breaker.information()).totalSuccesses).toBe(1);
    await factory.close();
  });

  test('Every field comes back as it was stored, integers up to 2^53 - 1 included', async () => {
    const backend = redis.backend();
    const records: CircuitRecord[] = [
      aRecord(),
      aRecord({
        revision: biggest,
        state: 'open',
        generation: biggest,
        openings: biggest,
        since: biggest,
        expiresAt: biggest,
      }),
      aRecord({ state: 'half-open', expiresAt: 0, counters: { a: biggest, b: -biggest, c: 0 } }),
      aRecord({ by: '', counters: { '': 1, __proto__: 2, constructor: 3, revision: 4, '#': 5, 'a\nb': 6, '⚡': 7 } }),
      aRecord({ state: 'open', expiresAt: 5, lastFailure: 'HTTPError 503 | "quoted" ⚡' }),
      aRecord({ override: { state: 'open', reason: null, by: null, until: null } }),
      aRecord({ override: { state: 'closed', reason: 'a "quoted"\n⚡ reason', by: 'ops', until: biggest } }),
    ];
    for (const [index, record] of records.entries()) {
      const stored = await backend.store(`circuit ${index}`, null, record, minute);
      expect(stored.applied).toBe(true);
      expect(stored.record).toEqual(record);
      expect((await backend.retrieve(`circuit ${index}`)).record).toEqual(record);
    }
  });

  test('A counter that bears the name of an object prototype is a counter like any other', async () => {
    const backend = redis.backend();
    const counters = JSON.parse('{"__proto__": 3}') as Record<string, number>;
    await backend.store('a', null, aRecord({ counters }), minute);
    const { record } = await backend.apply('a', aRecord().revision, { add: counters }, minute);
    expect(Object.entries(record?.counters ?? {})).toEqual([['__proto__', 6]]);
  });

  test('Whatever integers and names a record has, it comes back equal', async () => {
    const backend = redis.backend();
    const count = fc.integer({ min: 0, max: biggest });
    const name = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !/\p{Surrogate}/u.test(text));
    const records = fc.record({
      revision: fc.integer({ min: 1, max: biggest }),
      state: fc.constantFrom('closed' as const, 'open' as const, 'half-open' as const),
      generation: count,
      openings: count,
      since: count,
      expiresAt: count,
      override: fc.constant(null),
      by: name,
      lastFailure: fc.option(name),
      counters: fc.dictionary(name, fc.integer({ min: -biggest, max: biggest })),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(records, async (record) => {
        run += 1;
        await backend.store(`circuit ${run}`, null, record, minute);
        expect((await backend.retrieve(`circuit ${run}`)).record).toEqual({
          ...record,
          counters: { ...record.counters },
        });
      }),
      { numRuns: 50 },
    );
  });

  test('An answer carries the clock of the server, and none where that is turned off', async () => {
    const [seconds, microseconds] = await redis.client().time();
    const server = Number(seconds) * 1_000 + Number(microseconds) / 1_000;
    const { now = 0 } = await redis.backend().retrieve('a');
    expect(Math.abs(now - server)).toBeLessThan(30_000);
    expect(Number.isInteger(now)).toBe(true);
    expect('now' in (await redis.backend({ serverTime: false }).retrieve('a'))).toBe(false);
  });

  test('Concurrent applies from several clients add up exactly, and each is answered with what it led to', async () => {
    const prefix = uniquePrefix();
    const backends = [1, 2, 3].map(() => redis.backend({ prefix }));
    await backends[0]?.store('a', null, aRecord(), minute);
    const calls = backends.flatMap((backend) =>
      Array.from({ length: 100 }, () =>
        backend.apply('a', aRecord().revision, { add: { total: 1, left: -2 } }, minute),
      ),
    );
    const changes = await Promise.all(calls);
    expect(changes.every(({ applied }) => applied)).toBe(true);
    const totals = changes.map(({ record }) => record?.counters['total'] ?? 0).sort((a, b) => a - b);
    expect(totals).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    expect(changes.every(({ record }) => record?.counters['left'] === -2 * (record?.counters['total'] ?? 0))).toBe(
      true,
    );
  });

  test('A delta adds, sets and drops exactly what it names, and a counter at 0 stays', async () => {
    const backend = redis.backend();
    const record = aRecord({ counters: { a: 1, b: 2, c: 3, d: 4 } });
    await backend.store('x', null, record, minute);
    const delta = { add: { a: -1, e: 5 }, set: { b: 0, f: biggest }, drop: ['c', 'never there'] };
    const change = await backend.apply('x', record.revision, delta, minute);
    expect(change.record).toEqual({ ...record, counters: { a: 0, b: 0, d: 4, e: 5, f: biggest } });
  });

  test('An apply to another revision, or to nothing, changes nothing and answers what is there', async () => {
    const backend = redis.backend();
    expect(await backend.apply('x', 1, { add: { a: 1 } }, minute)).toMatchObject({ applied: false, record: null });
    const record = aRecord({ counters: { a: 1 } });
    await backend.store('x', null, record, minute);
    const change = await backend.apply('x', record.revision + 1, { add: { a: 1 } }, minute);
    expect(change).toMatchObject({ applied: false, record });
    expect((await backend.retrieve('x')).record).toEqual(record);
  });

  test('A sum beyond 2^53 - 1 is refused whole: no other counter of the delta is changed', async () => {
    const backend = redis.backend();
    const record = aRecord({ counters: { a: 1, b: biggest } });
    await backend.store('x', null, record, minute);
    const error = await rejectionOf(backend.apply('x', record.revision, { add: { a: 1, b: 1 }, drop: ['a'] }, minute));
    expect(error).toMatchObject({ code: 'ERR_STORAGE', retriable: false, ambiguous: false, scope: 'circuit' });
    expect((await backend.retrieve('x')).record).toEqual(record);
  });

  test('Sums of any size up to that are exact, and what an apply answers is what the server has', async () => {
    const backend = redis.backend();
    const edges = [0, 1, -1, 99_999_999_999_999, 100_000_000_000_000, 123_456_789_012_345, biggest - 1, biggest];
    const sums = edges.flatMap((sum) => [sum, -sum]).map((sum, index) => ({ name: `c${index}`, sum: sum + 0 }));
    // The first half of each comes from the record, or is missing there.
    const halves = sums.map(({ name, sum }, index) => ({ name, sum, half: index % 3 === 0 ? 0 : Math.trunc(sum / 2) }));
    const there = halves.filter(({ half }) => half !== 0).map(({ name, half }) => [name, half]);
    await backend.store('x', null, aRecord({ counters: Object.fromEntries(there) as Record<string, number> }), minute);
    const add = Object.fromEntries(halves.map(({ name, sum, half }) => [name, sum - half]));
    const { record } = await backend.apply('x', aRecord().revision, { add }, minute);
    expect(record?.counters).toEqual(Object.fromEntries(sums.map(({ name, sum }) => [name, sum])));
    expect((await backend.retrieve('x')).record).toEqual(record);
  });

  test('Of concurrent stores that expect one revision exactly one wins, and the losers get its record', async () => {
    const prefix = uniquePrefix();
    const backends = Array.from({ length: 4 }, () => redis.backend({ prefix }));
    for (const expected of [null, 100]) {
      const calls = Array.from({ length: 40 }, (_, index) => {
        const next = aRecord({ revision: expected === null ? 100 : 200, by: `caller ${index}` });
        return (backends[index % 4] as RedisBackend).store('a', expected, next, minute);
      });
      const changes = await Promise.all(calls);
      const winners = changes.filter((change) => change.applied);
      expect(winners).toHaveLength(1);
      expect(changes.every((change) => change.record?.by === winners[0]?.record?.by)).toBe(true);
    }
  });

  test('A store replaces the whole record: counters that the next one lacks are gone', async () => {
    const backend = redis.backend();
    await backend.store('a', null, aRecord({ state: 'open', expiresAt: 5, counters: { a: 1, b: 2 } }), minute);
    const next = aRecord({ revision: aRecord().revision + 1, counters: { b: 3 } });
    expect((await backend.store('a', aRecord().revision, next, minute)).record).toEqual(next);
  });

  test('With expected counters a store is applied only if each has its value, a missing one being 0', async () => {
    const backend = redis.backend();
    const record = aRecord({ counters: { a: 1 } });
    const next = aRecord({ revision: record.revision + 1 });
    await backend.store('x', null, record, minute);
    const expecting = (expect: Record<string, number>) =>
      backend.store('x', record.revision, next, { ...minute, expect });
    expect(await expecting({ a: 2 })).toMatchObject({ applied: false, record });
    expect(await expecting({ a: 1, b: 1 })).toMatchObject({ applied: false, record });
    expect(await expecting({ a: 1, b: 0 })).toMatchObject({ applied: true, record: next });
    expect(await backend.store('new', null, record, { ...minute, expect: { z: 0 } })).toMatchObject({ applied: true });
  });

  test('A record of 5,000 counters is stored and changed like a small one', async () => {
    const backend = redis.backend();
    const counters = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`counter ${index}`, index]));
    await backend.store('big', null, aRecord({ counters }), minute);
    const change = await backend.apply('big', aRecord().revision, { add: counters }, minute);
    expect(change.record?.counters['counter 4999']).toBe(2 * 4_999);
    expect(Object.keys(change.record?.counters ?? {})).toHaveLength(5_000);
  });

  test('Numbers that are no integers are refused before anything is sent', async () => {
    const backend = redis.backend();
    await backend.store('x', null, aRecord(), minute);
    const { revision } = aRecord();
    for (const delta of [{ add: { a: 0.5 } }, { set: { a: NaN } }, { add: { a: 2 ** 53 } }]) {
      await expect(backend.apply('x', revision, delta, minute)).rejects.toThrow(RangeError);
    }
    await expect(backend.apply('x', revision, {}, { ttl: 0 })).rejects.toThrow('more than 0 ms');
    await expect(backend.apply('x', revision, {}, { ttl: NaN })).rejects.toThrow('more than 0 ms');
  });

  test('A delete removes the record, and is no error where there is none', async () => {
    const backend = redis.backend();
    await backend.store('a', null, aRecord(), minute);
    await backend.delete('a');
    await backend.delete('a');
    expect((await backend.retrieve('a')).record).toBeNull();
  });
});
