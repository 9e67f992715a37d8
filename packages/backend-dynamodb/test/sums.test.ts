import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import type { Counters, Delta } from '@circuitry/core';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

const most = Number.MAX_SAFE_INTEGER;

/** More counters than one request's expressions take. */
const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`counter ${index}`, 1]));

describeOnEachServer('a sum', (server) => {
  let table: TestTable;
  let backend: DynamoDBBackend;
  let name: string;

  beforeAll(async () => {
    table = await makeTable(server());
    backend = table.connect();
  }, 60_000);
  afterAll(() => table.drop());
  beforeEach(() => {
    name = randomUUID();
  });

  const begin = (counters: Counters) => backend.store(name, null, recordOf(1, { counters }), longTtl);

  test('of any size up to ±(2^53 − 1) is exact, and what an apply answers is what the server has', async () => {
    const halves = [0, 1, most - 1, most, 123_456_789_012_345].flatMap((sum) => [sum, 0 - sum]);
    const named = (value: (sum: number, index: number) => number): Record<string, number> =>
      Object.fromEntries(halves.map((sum, index) => [`counter ${index}`, value(sum, index)]));
    const begun = named((sum) => Math.trunc(sum / 2));
    await begin({ ...begun, set: most, dropped: 5, kept: -most });
    const delta: Delta = {
      add: { ...named((sum) => sum - Math.trunc(sum / 2)), new: -3, untouched: 0 },
      set: { set: 0 - most, also: 0 },
      drop: ['dropped', 'never there'],
    };
    const { applied, record } = await backend.apply(name, 1, delta, longTtl);
    expect(applied).toBe(true);
    const sums = { ...named((sum) => sum), new: -3, untouched: 0, set: 0 - most, also: 0, kept: -most };
    expect(record).toEqual(recordOf(1, { counters: sums }));
    expect((await backend.retrieve(name)).record).toEqual(record);
  });

  test.each<[string, Counters, Counters]>([
    ['2^53', { n: most }, { n: 1 }],
    ['−2^53', { n: -most }, { n: -1 }],
    ['2^53, by a great step', { n: 2 }, { n: most - 1 }],
    ['2^53, among very many', { ...many, n: most }, { ...many, n: 1 }],
  ])('of %s is refused, no counter of the delta is changed, and the circuit goes on', async (...given) => {
    const [, counters, add] = given;
    await begin({ ...counters, m: 1 });
    const before = await table.item('circuit', name);
    await expect(backend.apply(name, 1, { add, drop: ['m'] }, longTtl)).rejects.toMatchObject({
      code: 'ERR_STORAGE',
      retriable: false,
      ambiguous: false,
      message: expect.stringMatching(/A counter of circuit ".*" would have passed .* nothing was applied/),
    });
    expect(await table.item('circuit', name)).toEqual(before);
    expect((await backend.apply(name, 1, { add: { m: 1 } }, longTtl)).record?.counters['m']).toBe(2);
  });

  test('of what is no integer is refused before anything is sent', async () => {
    await begin({ n: 1 });
    const own = table.connect();
    const deltas: Delta[] = [{ add: { n: 0.5 } }, { add: { ...many, n: NaN } }, { set: { n: 2 ** 53 } }];
    for (const delta of deltas) await expect(own.apply(name, 1, delta, longTtl)).rejects.toThrow(RangeError);
    const next = recordOf(2, { counters: { n: Infinity } });
    await expect(own.store(name, 1, next, longTtl)).rejects.toThrow('Counter "n" must be an integer');
    // A delta of very many counters begins with a read.
    expect(own.capacity()).toMatchObject({ writeUnits: 0, lostWrites: 0 });
    expect((await backend.retrieve(name)).record).toEqual(recordOf(1, { counters: { n: 1 } }));
  });
});
