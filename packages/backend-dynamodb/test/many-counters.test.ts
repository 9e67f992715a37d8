import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { applyDelta, type Counters } from '@circuitry/core';
import type { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { fits } from '../src/record/expression.js';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

test('an expression fits with up to 4,096 bytes and 300 operators, counted the careful way', () => {
  expect(fits(`ADD ${pairs(290)}`)).toBe(true);
  expect(fits(`ADD ${pairs(400)}`)).toBe(false);
  expect(fits(Array.from({ length: 70 }, () => '#a BETWEEN :a AND :b').join(' AND '))).toBe(true);
  expect(fits(Array.from({ length: 101 }, () => '#a BETWEEN :a AND :b').join(' AND '))).toBe(false);
  expect(fits(`#a = :a AND ${'x'.repeat(4_100)} = :b`)).toBe(false);
  const comparison = '(attribute_not_exists(#a) OR #a = :a)';
  expect(fits(Array.from({ length: 70 }, () => comparison).join(' AND '))).toBe(true);
  expect(fits(Array.from({ length: 80 }, () => comparison).join(' AND '))).toBe(false);
});

describeOnEachServer('a circuit of very many counters', (server) => {
  let table: TestTable;
  let backend: DynamoDBBackend;

  beforeEach(async () => {
    table = await makeTable(server());
    backend = table.connect();
  });
  afterEach(() => table.drop());

  test.each([
    [45, 1],
    [60, 2],
  ])('takes a delta of %i counters in %i requests', async (count, requests) => {
    await backend.store('acme', null, recordOf(1), longTtl);
    const add = counters(count, 1);
    expect((await backend.apply('acme', 1, { add }, longTtl)).record?.counters).toEqual(add);
    expect(backend.capacity().requests).toBe(1 + requests);
  });

  test.each([60, 300, 700])('takes a delta of %i counters whole, with adds, sets and drops', async (count) => {
    const before = { ...counters(count, 5), kept: 1 };
    await backend.store('acme', null, recordOf(1, { counters: before }), longTtl);
    const names = Object.keys(counters(count, 0));
    const delta = {
      add: Object.fromEntries(names.filter((_, index) => index % 3 === 0).map((name) => [name, 2])),
      set: Object.fromEntries(names.filter((_, index) => index % 3 === 1).map((name) => [name, 9])),
      drop: names.filter((_, index) => index % 3 === 2),
    };
    const { applied, record } = await backend.apply('acme', 1, delta, longTtl);
    expect(applied).toBe(true);
    expect(record?.counters).toEqual(applyDelta(before, delta));
    expect((await backend.apply('acme', 2, delta, longTtl)).applied).toBe(false);
  });

  test('loses none of many deltas, long and short ones at once', async () => {
    await backend.store('acme', null, recordOf(1), longTtl);
    const workers = Array.from({ length: 4 }, () => table.connect());
    const long = counters(320, 1);
    await Promise.all(
      workers.map(async (worker) => {
        for (let round = 0; round < 3; round += 1) {
          expect((await worker.apply('acme', 1, { add: long }, longTtl)).applied).toBe(true);
          expect((await worker.apply('acme', 1, { add: { 'counter 0': 1, short: 1 } }, longTtl)).applied).toBe(true);
        }
      }),
    );
    const { record } = await backend.retrieve('acme');
    expect(record?.counters).toEqual({ ...counters(320, 12), 'counter 0': 24, short: 12 });
  }, 60_000);

  test('is replaced on condition of 250 counters, and is not while one of them differs', async () => {
    const values: Counters = { ...counters(250, 3), 'counter 7': 0 };
    await backend.store('acme', null, recordOf(1, { counters: values }), longTtl);
    const other = { ...longTtl, expect: { ...values, 'counter 249': 4 } };
    const lost = await backend.store('acme', 1, recordOf(2), other);
    expect([lost.applied, lost.record?.revision]).toEqual([false, 1]);
    const met = { ...longTtl, expect: { ...values, missing: 0 } };
    expect((await backend.store('acme', 1, recordOf(2, { counters: values }), met)).applied).toBe(true);
    expect((await backend.retrieve('acme')).record).toEqual(recordOf(2, { counters: values }));
  });

  test('loses no apply to a store that carries 250 counters over', async () => {
    await backend.store('acme', null, recordOf(1, { counters: counters(250, 0) }), longTtl);
    const appliers = Array.from({ length: 3 }, () => table.connect());
    let revision = 1;
    let applied = 0;
    const applying = appliers.map(async (applier) => {
      for (let count = 0; count < 15; count += 1) {
        const change = await applier.apply('acme', revision, { add: { 'counter 1': 1 } }, longTtl);
        if (change.applied) applied += 1;
      }
    });
    let lost = 0;
    while (revision <= 4) {
      const carried = (await backend.retrieve('acme')).record?.counters ?? {};
      const next = recordOf(revision + 1, { counters: carried });
      const change = await backend.store('acme', revision, next, { ...longTtl, expect: carried });
      if (change.applied) revision += 1;
      else lost += 1;
    }
    await Promise.all(applying);
    expect((await backend.retrieve('acme')).record?.counters['counter 1']).toBe(applied);
    expect(lost + applied).toBeGreaterThan(0);
  }, 60_000);
});

function counters(count: number, value: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`counter ${index}`, value]));
}

function pairs(count: number): string {
  return Array.from({ length: count }, (_, index) => `#${index.toString(36)} :${index.toString(36)}`).join(', ');
}
