import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
    // One table for all: each test has circuits of its own.
    beforeAll(async () => {
      table = await makeTable(server(), variant);
      backend = table.connect();
    }, 60_000);
    afterAll(() => table.drop());

    test('holds the record in plain attributes, each counter in one of its own', async () => {
      const override = { state: 'open', reason: 'maintenance', by: 'ops', until: null } as const;
      const record = recordOf(7, {
        state: 'open',
        openings: 2,
        since: 5,
        expiresAt: 9,
        override,
        lastFailure: 'Error ECONNRESET',
        counters: { total: 3 },
      });
      await backend.store('held', null, record, { ttl: Infinity });
      const { id: _id, PK: _pk, SK: _sk, ...item } = (await table.item('circuit', 'held')) ?? {};
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
        lastFailure: { S: 'Error ECONNRESET' },
        troubled: { S: variant === 'own table' ? 'circuitry#7' : 'app%231#7' },
        troubledName: { S: 'held' },
        applies: { N: '0' },
        '.total': { N: '3' },
      });
    });

    test('carries its end in ms for us, and in seconds, never sooner, for DynamoDB; an infinite ttl takes both off', async () => {
      const ttlName = variant === 'own table' ? 'ttl' : 'expires';
      await backend.store('ending', null, recordOf(1), { ttl: 90_000 });
      const finite = (await table.item('circuit', 'ending')) ?? {};
      const endsAt = Number(finite['endsAt']?.N);
      expect(Math.abs(endsAt - Date.now() - 90_000)).toBeLessThan(30_000);
      expect(Number(finite[ttlName]?.N)).toBe(Math.ceil(endsAt / 1_000));
      await backend.apply('ending', 1, { add: { n: 1 } }, { ttl: Infinity });
      const infinite = (await table.item('circuit', 'ending')) ?? {};
      expect([infinite['endsAt'], infinite[ttlName]]).toEqual([undefined, undefined]);
      await backend.apply('ending', 1, { add: { n: 1 } }, { ttl: 50 });
      expect((await table.item('circuit', 'ending'))?.[ttlName]).toBeDefined();
    });

    test('is not met by another prefix’s, another kind’s or a stranger’s item', async () => {
      // A listing shows the whole table: this one is the test's own.
      const own = await makeTable(server(), variant);
      const backend = own.connect();
      const neighbour = own.connect({ prefix: `${own.options.prefix ?? 'circuitry'}#circuit#a` });
      await backend.store('a#circuit#b', null, recordOf(1), longTtl);
      await neighbour.store('b', null, recordOf(2), longTtl);
      await (await backend.lock('b', { lease: 1_000 })).release();
      const stranger: Record<string, AttributeValue> =
        variant === 'own table' ? { id: { S: 'stranger' } } : { PK: { S: 'app%231#circuit#b' }, SK: { S: 'ORDER' } };
      await own.client().send(new PutItemCommand({ TableName: own.tableName, Item: stranger }));
      expect((await backend.retrieve('b')).record).toBeNull();
      expect((await neighbour.retrieve('b')).record?.revision).toBe(2);
      const listed: string[] = [];
      for await (const { name } of backend.list()) listed.push(name);
      expect(listed).toEqual(['a#circuit#b']);
      await own.drop();
    });

    test('whose ttl is over and which DynamoDB has not deleted yet is created anew by exactly one of many', async () => {
      await table
        .connect({ clock: wrongClock(-1_000), serverTime: false })
        .store('raced', null, recordOf(1), { ttl: 500 });
      const racers = Array.from({ length: 8 }, () => table.connect());
      const changes = await Promise.all(
        racers.map((racer, index) => racer.store('raced', null, recordOf(10 + index), longTtl)),
      );
      const winners = changes.flatMap(({ applied }, index) => (applied ? [10 + index] : []));
      expect(winners).toHaveLength(1);
      for (const { record } of changes) expect(record?.revision).toBe(winners[0]);
    });

    test('of a newer format is refused by its number, and left exactly as it is', async () => {
      await backend.store('newer', null, recordOf(1), longTtl);
      await table.damage('newer', 'format', { N: '2' });
      await table.damage('newer', 'revision', { M: {} });
      const newer = await table.item('circuit', 'newer');
      const unsupported = { code: 'ERR_UNSUPPORTED_RECORD', circuitName: 'newer', format: 2 };
      await expect(backend.retrieve('newer')).rejects.toMatchObject(unsupported);
      await expect(backend.apply('newer', 1, { add: { n: 1 } }, longTtl)).rejects.toMatchObject(unsupported);
      await expect(backend.store('newer', 1, recordOf(2), longTtl)).rejects.toMatchObject(unsupported);
      await expect(backend.store('newer', null, recordOf(2), longTtl)).rejects.toMatchObject(unsupported);
      expect(await table.item('circuit', 'newer')).toEqual(newer);
    });
  });
});
