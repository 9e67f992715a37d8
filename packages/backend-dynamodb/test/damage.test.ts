import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import type { CircuitRecord, Delta, StoreOptions } from '@circuitry/core';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

const n = (value: string): AttributeValue => ({ N: value });
const text = (value: string): AttributeValue => ({ S: value });
const override = (more: Record<string, AttributeValue>): AttributeValue => ({
  M: { state: text('open'), reason: { NULL: true }, by: { NULL: true }, until: { NULL: true }, ...more },
});

/** One attribute of an item set to what no record has there, or taken off, and the field that an error must name. */
type Damage = readonly [attribute: string, value: AttributeValue | null, field: string];

const seenByEveryCondition: readonly Damage[] = [
  ['format', text('one'), 'format'],
  ['format', null, 'format'],
  ['revision', text('1'), 'revision'],
  ['state', text('ajar'), 'state'],
  ['state', n('1'), 'state'],
  ['state', text('open'), 'expiresAt'],
  ['generation', text('0'), 'generation'],
  ['generation', n('9007199254740992'), 'generation'],
  ['openings', n('-1'), 'openings'],
  ['since', { BOOL: true }, 'since'],
  ['since', null, 'since'],
  ['expiresAt', text('soon'), 'expiresAt'],
  ['expiresAt', n('-1'), 'expiresAt'],
  ['override', text('open'), 'override'],
  ['override', override({ state: text('ajar') }), 'override.state'],
  ['override', override({ reason: n('1') }), 'override.reason'],
  ['override', { M: { state: text('open') } }, 'override.reason'],
  ['override', override({ until: text('soon') }), 'override.until'],
  ['by', n('1'), 'by'],
  ['by', null, 'by'],
  ['lastFailure', n('1'), 'lastFailure'],
  ['lastFailure', { NULL: true }, 'lastFailure'],
  ['applies', text('0'), 'applies'],
  ['applies', n('-1'), 'applies'],
  ['endsAt', text('tomorrow'), 'endsAt'],
  ['endsAt', n('100000000000000000000'), 'endsAt'],
];

const inACounter: readonly Damage[] = [
  ['.n', text('many'), 'counters.n'],
  ['.n', n('9007199254740993'), 'counters.n'],
  ['.n', { NULL: true }, 'counters.n'],
];

/** What DynamoDB has no condition for: whether a number is whole, and attributes whose names nobody said. */
const seenByNoCondition: readonly Damage[] = [
  ...inACounter,
  ['.n', n('1.5'), 'counters.n'],
  ['.n', n('-0.5'), 'counters.n'],
  // Refused by a server that can't add to it; dynalite adds, beyond the 38 digits that DynamoDB has.
  ['.n', n('0.12345678901234567890123456789012345678'), 'counters.n'],
  ['.other', text('many'), 'counters.other'],
  ['.other', { M: { a: { L: [text(''), { BOOL: false }] } } }, 'counters.other'],
  ['generation', n('1.5'), 'generation'],
  ['openings', n('0.25'), 'openings'],
  ['since', n('0.5'), 'since'],
  ['expiresAt', n('5.5'), 'expiresAt'],
  ['override', override({ until: n('0.1') }), 'override.until'],
  ['applies', n('0.57'), 'applies'],
  ['endsAt', n('9999999999999.5'), 'endsAt'],
];

describeOnEachServer('a damaged item', (server) => {
  let table: TestTable;
  let backend: DynamoDBBackend;
  let name: string;

  beforeAll(async () => {
    table = await makeTable(server());
    backend = table.connect();
  }, 60_000);
  afterAll(() => table.drop());
  beforeEach(async () => {
    name = randomUUID();
    await backend.store(name, null, recordOf(1, { counters: { n: 1, m: 1 } }), longTtl);
  });

  const item = (): ReturnType<TestTable['item']> => table.item('circuit', name);
  const corrupt = (field: string): object => ({ code: 'ERR_CORRUPT_RECORD', circuitName: name, field });
  const apply = (delta: Delta) => backend.apply(name, 1, delta, longTtl);
  const store = (more: Partial<StoreOptions> = {}, next: CircuitRecord = recordOf(2)) =>
    backend.store(name, 1, next, { ...longTtl, ...more });

  test.each(seenByEveryCondition)(
    'with %s = %j is refused by every verb, and left exactly as it is',
    async (...damage) => {
      const [attribute, value, field] = damage;
      await table.damage(name, attribute, value);
      const damaged = await item();
      await expect(backend.retrieve(name)).rejects.toMatchObject(corrupt(field));
      await expect(apply({ add: { n: 1 } })).rejects.toMatchObject(corrupt(field));
      await expect(apply({})).rejects.toMatchObject(corrupt(field));
      await expect(store()).rejects.toMatchObject(corrupt(field));
      await expect(store({ expect: { n: 1 } })).rejects.toMatchObject(corrupt(field));
      await expect(backend.store(name, null, recordOf(2), longTtl)).rejects.toMatchObject(corrupt(field));
      await expect(listAll(table.connect())).rejects.toMatchObject(corrupt(field));
      expect(await item()).toEqual(damaged);
      await backend.delete(name);
      expect((await backend.retrieve(name)).record).toBeNull();
    },
  );

  test.each(inACounter)(
    'with %s = %j is refused by every write that names the counter, and left as it is',
    async (...damage) => {
      const [attribute, value, field] = damage;
      await table.damage(name, attribute, value);
      const damaged = await item();
      await expect(apply({ add: { n: 1 } })).rejects.toMatchObject(corrupt(field));
      await expect(apply({ set: { n: 5 } })).rejects.toMatchObject(corrupt(field));
      await expect(apply({ drop: ['n'] })).rejects.toMatchObject(corrupt(field));
      await expect(store({ expect: { n: 1 } })).rejects.toMatchObject(corrupt(field));
      await expect(store({ expect: { n: 0 } })).rejects.toMatchObject(corrupt(field));
      expect(await item()).toEqual(damaged);
      await backend.delete(name);
    },
  );

  test.each(seenByNoCondition)(
    'with %s = %j is refused by every verb, and left as it is to the byte, by a request more at most',
    async (...damage) => {
      const [attribute, value, field] = damage;
      await table.damage(name, attribute, value);
      const damaged = await item();
      const deltas: Delta[] = [
        { add: { m: 1 } },
        {},
        { add: { n: 1 } },
        { set: { n: 5, new: 1 } },
        { drop: ['n', 'm'] },
      ];
      const writes = [
        ...deltas.map((delta) => (own: DynamoDBBackend) => own.apply(name, 1, delta, longTtl)),
        (own: DynamoDBBackend) => own.apply(name, 1, { add: { m: 1 } }, { ttl: Infinity }),
        (own: DynamoDBBackend) => own.store(name, 1, recordOf(2), longTtl),
        (own: DynamoDBBackend) => own.store(name, 1, recordOf(2), { ...longTtl, expect: { m: 1 } }),
        (own: DynamoDBBackend) => own.store(name, null, recordOf(2), longTtl),
      ];
      for (const write of writes) {
        const own = table.connect();
        await expect(write(own)).rejects.toMatchObject(corrupt(field));
        // A server that answers no item on a failed condition is asked for it.
        expect(own.capacity().requests).toBeLessThanOrEqual(2);
        expect(await item()).toEqual(damaged);
      }
      await expect(backend.retrieve(name)).rejects.toMatchObject(corrupt(field));
      await expect(listAll(table.connect())).rejects.toMatchObject(corrupt(field));
      await backend.delete(name);
    },
  );

  describe('which is none', () => {
    test.each<[string, Partial<CircuitRecord>]>([
      ['an override of empty texts', { override: { state: 'open', reason: '', by: '', until: 1 } }],
      ['an override of nulls', { override: { state: 'closed', reason: null, by: null, until: null } }],
      ['an empty writer', { by: '' }],
      ['the greatest numbers', { generation: Number.MAX_SAFE_INTEGER, counters: { n: Number.MIN_SAFE_INTEGER } }],
      ['a closed state that ends', { expiresAt: 5 }],
      ['an open state', { state: 'open', since: 1, expiresAt: 5 }],
    ])('%s, is written to', async (_title, more) => {
      expect((await store({}, recordOf(2, more))).applied).toBe(true);
      const applied = await backend.apply(name, 2, { add: { m: 1 }, set: { o: 2 }, drop: ['n'] }, longTtl);
      expect(applied).toMatchObject({ applied: true, record: recordOf(2, { ...more, counters: { m: 1, o: 2 } }) });
      expect((await backend.store(name, 2, recordOf(3), longTtl)).applied).toBe(true);
    });
  });
});

async function listAll(backend: DynamoDBBackend): Promise<void> {
  for await (const _each of backend.list()) {
    // Each is read, which is what is tried.
  }
}
