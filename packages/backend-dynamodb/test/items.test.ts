import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PutItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { wrongClock } from './support/clocks.js';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, variants, type TestTable } from './support/tables.js';

describeOnEachServer('a circuit’s item', (server) => {
  let table: TestTable;
  let backend: DynamoDBBackend;

  describe.each([...variants])('in its %s', (variant) => {
    beforeEach(async () => {
      table = await makeTable(server(), variant);
      backend = table.connect();
    });
    afterEach(() => table.drop());

    test('holds the record in plain attributes, each counter in one of its own', async () => {
      const override = { state: 'open', reason: 'maintenance', by: 'ops', until: null } as const;
      const record = recordOf(7, {
        state: 'open',
        openings: 2,
        since: 5,
        expiresAt: 9,
        override,
        counters: { total: 3 },
      });
      await backend.store('acme', null, record, { ttl: Infinity });
      const { id: _id, PK: _pk, SK: _sk, ...item } = (await table.item('circuit', 'acme')) ?? {};
      expect(item).toEqual({
        format: { N: '1' },
        revision: { N: '7' },
        state: { S: 'open' },
        generation: { N: '0' },
        openings: { N: '2' },
        since: { N: '5' },
        expiresAt: { N: '9' },
        override: {
          M: { state: { S: 'open' }, reason: { S: 'maintenance' }, by: { S: 'ops' }, until: { NULL: true } },
        },
        by: { S: 'writer-7' },
        applies: { N: '0' },
        '.total': { N: '3' },
      });
    });

    test('carries its end in ms for us, and in seconds, never sooner, for DynamoDB; an infinite ttl takes both off', async () => {
      const ttlName = variant === 'own table' ? 'ttl' : 'expires';
      await backend.store('acme', null, recordOf(1), { ttl: 90_000 });
      const finite = (await table.item('circuit', 'acme')) ?? {};
      const endsAt = Number(finite['endsAt']?.N);
      expect(Math.abs(endsAt - Date.now() - 90_000)).toBeLessThan(30_000);
      expect(Number(finite[ttlName]?.N)).toBe(Math.ceil(endsAt / 1_000));
      await backend.apply('acme', 1, { add: { n: 1 } }, { ttl: Infinity });
      const infinite = (await table.item('circuit', 'acme')) ?? {};
      expect([infinite['endsAt'], infinite[ttlName]]).toEqual([undefined, undefined]);
      await backend.apply('acme', 1, { add: { n: 1 } }, { ttl: 50 });
      expect((await table.item('circuit', 'acme'))?.[ttlName]).toBeDefined();
    });

    test('is not met by another prefix’s, another kind’s or a stranger’s item', async () => {
      const neighbour = table.connect({ prefix: `${table.options.prefix ?? 'circuitry'}#circuit#a` });
      await backend.store('a#circuit#b', null, recordOf(1), longTtl);
      await neighbour.store('b', null, recordOf(2), longTtl);
      await (await backend.lock('b', { lease: 1_000 })).release();
      const stranger: Record<string, AttributeValue> =
        variant === 'own table' ? { id: { S: 'stranger' } } : { PK: { S: 'app%231#circuit#b' }, SK: { S: 'ORDER' } };
      await table.client().send(new PutItemCommand({ TableName: table.tableName, Item: stranger }));
      expect((await backend.retrieve('b')).record).toBeNull();
      expect((await neighbour.retrieve('b')).record?.revision).toBe(2);
      const listed: string[] = [];
      for await (const { name } of backend.list()) listed.push(name);
      expect(listed).toEqual(['a#circuit#b']);
    });

    test('whose ttl is over and which DynamoDB has not deleted yet is created anew by exactly one of many', async () => {
      await table
        .connect({ clock: wrongClock(-1_000), serverTime: false })
        .store('acme', null, recordOf(1), { ttl: 500 });
      const racers = Array.from({ length: 8 }, () => table.connect());
      const changes = await Promise.all(
        racers.map((racer, index) => racer.store('acme', null, recordOf(10 + index), longTtl)),
      );
      const winners = changes.flatMap(({ applied }, index) => (applied ? [10 + index] : []));
      expect(winners).toHaveLength(1);
      for (const { record } of changes) expect(record?.revision).toBe(winners[0]);
    });

    test.each<[string, AttributeValue]>([
      ['format', { S: 'one' }],
      ['revision', { S: '1' }],
      ['state', { S: 'ajar' }],
      ['state', { N: '1' }],
      ['generation', { S: '0' }],
      ['openings', { N: '-1' }],
      ['since', { BOOL: true }],
      ['endsAt', { S: 'tomorrow' }],
      ['applies', { S: '0' }],
    ])('with a damaged %s (%j) is refused by that name, and left exactly as it is', async (field, value) => {
      await backend.store('acme', null, recordOf(1, { counters: { n: 1 } }), longTtl);
      await table.damage('acme', field, value);
      const damaged = await table.item('circuit', 'acme');
      const corrupt = { code: 'ERR_CORRUPT_RECORD', circuitName: 'acme', field };
      await expect(backend.retrieve('acme')).rejects.toMatchObject(corrupt);
      await expect(backend.apply('acme', 1, { add: { n: 1 } }, longTtl)).rejects.toMatchObject(corrupt);
      await expect(backend.store('acme', 1, recordOf(2), longTtl)).rejects.toMatchObject(corrupt);
      await expect(backend.store('acme', null, recordOf(2), longTtl)).rejects.toMatchObject(corrupt);
      expect(await table.item('circuit', 'acme')).toEqual(damaged);
      await backend.delete('acme');
      expect((await backend.retrieve('acme')).record).toBeNull();
    });

    test.each<[string, AttributeValue, string]>([
      ['.n', { S: 'many' }, 'counters.n'],
      ['.n', { N: '1.5' }, 'counters.n'],
      ['.n', { N: '9007199254740993' }, 'counters.n'],
      ['override', { M: { state: { S: 'open' } } }, 'override.reason'],
      ['override', { S: 'open' }, 'override'],
      ['expiresAt', { S: 'soon' }, 'expiresAt'],
      ['by', { N: '1' }, 'by'],
    ])('with a damaged %s (%j) is refused by the name of the field', async (attributeName, value, field) => {
      await backend.store('acme', null, recordOf(1), longTtl);
      await table.damage('acme', attributeName, value);
      await expect(backend.retrieve('acme')).rejects.toMatchObject({ code: 'ERR_CORRUPT_RECORD', field });
    });

    test('whose counter is no number is refused by an apply that adds to it, and left exactly as it is', async () => {
      await backend.store('acme', null, recordOf(1), longTtl);
      await table.damage('acme', '.n', { S: 'many' });
      const damaged = await table.item('circuit', 'acme');
      await expect(backend.apply('acme', 1, { add: { n: 1 } }, longTtl)).rejects.toMatchObject({
        code: 'ERR_CORRUPT_RECORD',
        field: 'counters.n',
      });
      expect(await table.item('circuit', 'acme')).toEqual(damaged);
    });

    test('of a newer format is refused by its number, and left exactly as it is', async () => {
      await backend.store('acme', null, recordOf(1), longTtl);
      await table.damage('acme', 'format', { N: '2' });
      await table.damage('acme', 'revision', { M: {} });
      const newer = await table.item('circuit', 'acme');
      const unsupported = { code: 'ERR_UNSUPPORTED_RECORD', circuitName: 'acme', format: 2 };
      await expect(backend.retrieve('acme')).rejects.toMatchObject(unsupported);
      await expect(backend.apply('acme', 1, { add: { n: 1 } }, longTtl)).rejects.toMatchObject(unsupported);
      await expect(backend.store('acme', 1, recordOf(2), longTtl)).rejects.toMatchObject(unsupported);
      await expect(backend.store('acme', null, recordOf(2), longTtl)).rejects.toMatchObject(unsupported);
      expect(await table.item('circuit', 'acme')).toEqual(newer);
    });
  });
});
