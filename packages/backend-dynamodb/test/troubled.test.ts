import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DeleteItemCommand, QueryCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CircuitRecord } from '@circuitry/core';
import { createCircuitTable, DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { wrongClock } from './support/clocks.js';
import { countSent } from './support/interpose.js';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

const open = { state: 'open', openings: 1, since: 5, expiresAt: 9 } as const;
const override = { state: 'closed', reason: 'maintenance', by: 'ops', until: null } as const;

describeOnEachServer('a listing of troubled circuits', (server, kind) => {
  let table: TestTable;
  let client: DynamoDBClient;
  let backend: DynamoDBBackend;
  let sent: Record<string, number>;

  beforeEach(async () => {
    table = await makeTable(server());
    client = table.client();
    sent = {};
    countSent(client, (operation) => (sent[operation] = (sent[operation] ?? 0) + 1));
    backend = table.connect({ client });
  });
  afterEach(() => table.drop());

  async function troubled(
    from = backend,
    more: { prefix?: string; pageSize?: number } = {},
  ): Promise<[name: string, record: CircuitRecord][]> {
    const found: [string, CircuitRecord][] = [];
    for await (const { name, record } of from.list({ only: 'troubled', ...more })) found.push([name, record]);
    return found.sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** The names that the index holds, whatever their items say. */
  async function indexed(): Promise<number> {
    let count = 0;
    for (let partition = 0; partition < 8; partition += 1) {
      const command = new QueryCommand({
        TableName: table.tableName,
        IndexName: 'troubled',
        KeyConditionExpression: 'troubled = :p',
        ExpressionAttributeValues: { ':p': { S: `circuitry#${partition}` } },
      });
      count += (await table.client().send(command)).Count ?? 0;
    }
    return count;
  }

  test('has those that are not closed or under an override, as their items are now, and no others', async () => {
    const halfOpen = recordOf(2, { ...open, state: 'half-open', lastFailure: 'HTTP 503' });
    await backend.store('open', null, recordOf(1, open), longTtl);
    await backend.store('half', null, halfOpen, longTtl);
    await backend.store('forced', null, recordOf(3, { override }), longTtl);
    await backend.store('closed', null, recordOf(4), longTtl);
    await backend.apply('open', 1, { add: { 'total.failures': 2 } }, longTtl);
    const counted = recordOf(1, { ...open, counters: { 'total.failures': 2 } });
    expect(await troubled()).toEqual([
      ['forced', recordOf(3, { override })],
      ['half', halfOpen],
      ['open', counted],
    ]);
    await backend.store('open', 1, recordOf(5), longTtl);
    await backend.delete('half');
    expect((await troubled()).map(([name]) => name)).toEqual(['forced']);
    expect(await indexed()).toBe(1);
  });

  test('asks for what it yields, not for what the table holds', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `tenant-${index}`);
    for (const [index, name] of names.entries()) {
      await backend.store(name, null, recordOf(1, index % 20 === 0 ? open : {}), longTtl);
    }
    const before = backend.capacity().readUnits;
    sent = {};
    expect(await troubled()).toHaveLength(6);
    // A query for each partition of the index, and one for the items of each that holds some.
    expect(sent).toEqual({ Query: 8, BatchGetItem: expect.any(Number) });
    expect(sent['BatchGetItem']).toBeLessThanOrEqual(6);
    expect(backend.capacity().readUnits - before).toBeLessThanOrEqual(8 * 0.5 + 6);
  }, 60_000);

  test('goes by prefix and by pages, also with names that are longer than a key of the index', async () => {
    const long = 'é'.repeat(512);
    const names = ['a/1', 'a/2', 'a/3', 'b/1', long, `${long.slice(0, 500)}x`, '😀'];
    for (const name of names) await backend.store(name, null, recordOf(1, open), longTtl);
    expect((await troubled(backend, { pageSize: 1 })).map(([name]) => name)).toEqual([...names].sort());
    expect((await troubled(backend, { prefix: 'a/', pageSize: 2 })).map(([name]) => name)).toEqual([
      'a/1',
      'a/2',
      'a/3',
    ]);
    expect((await troubled(backend, { prefix: `${long.slice(0, 500)}x` })).map(([name]) => name)).toHaveLength(1);
    expect((await troubled(backend, { prefix: '\ud83d' })).map(([name]) => name)).toEqual(['😀']);
    expect(await troubled(table.connect({ prefix: 'other' }))).toEqual([]);
  }, 60_000);

  test('takes an entry out of the index that outlived its record, or whose item says otherwise', async () => {
    const late = table.connect({ clock: wrongClock(-60_000), serverTime: false });
    await late.store('over', null, recordOf(1, open), { ttl: 1_000 });
    await backend.store('changed', null, recordOf(2, { override }), longTtl);
    await table.damage('changed', 'override', null);
    expect(await indexed()).toBe(2);
    expect(await troubled()).toEqual([]);
    expect(await indexed()).toBe(0);
    // The item itself is left as it is.
    expect((await backend.retrieve('changed')).record?.revision).toBe(2);
    // Nothing is left to be mended, and a record that comes again is found again.
    await backend.store('over', null, recordOf(7, open), longTtl);
    expect((await troubled()).map(([name]) => name)).toEqual(['over']);
  });

  test('rejects over a damaged record: it is never skipped', async () => {
    await backend.store('acme', null, recordOf(1, open), longTtl);
    await table.damage('acme', 'since', { S: 'long ago' });
    await expect(troubled()).rejects.toMatchObject({ code: 'ERR_CORRUPT_RECORD', circuitName: 'acme', field: 'since' });
  });

  test('names the index where the table has none, and looks through the whole table where it is told to', async () => {
    const tableName = `${table.tableName}-plain`;
    await createCircuitTable(client, { tableName, troubledIndex: false });
    const without = new DynamoDBBackend({ client, tableName, warn: () => {} });
    await without.store('open', null, recordOf(1, open), longTtl);
    await without.store('closed', null, recordOf(1), longTtl);
    await expect(troubled(without)).rejects.toMatchObject({ code: 'ERR_STORAGE', retriable: false });
    await expect(troubled(without)).rejects.toThrow(
      /index "troubled" of table ".*-plain".* createCircuitTable\(\) makes it; or set troubledIndex to false/,
    );
    const scanning = new DynamoDBBackend({ client, tableName, troubledIndex: false, warn: () => {} });
    expect((await troubled(scanning)).map(([name]) => name)).toEqual(['open']);
    expect(sent['Scan']).toBe(1);
  });

  // dynalite takes no index for a table on demand that is there already.
  if (kind !== 'dynalite') {
    test('finds what was stored before the index was added to the table', async () => {
      const tableName = `${table.tableName}-older`;
      await createCircuitTable(client, { tableName, troubledIndex: false });
      const older = new DynamoDBBackend({ client, tableName, warn: () => {} });
      await older.store('open', null, recordOf(1, open), longTtl);
      await Promise.all([0, 1, 2].map(() => createCircuitTable(client, { tableName })));
      expect((await troubled(older)).map(([name]) => name)).toEqual(['open']);
    }, 60_000);
  }

  test('is not told of an item that is deleted between the index and its reading', async () => {
    await backend.store('acme', null, recordOf(1, open), longTtl);
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context['commandName'] === 'BatchGetItemCommand') {
          const Key = { id: { S: 'circuitry#circuit#acme' } };
          await table.client().send(new DeleteItemCommand({ TableName: table.tableName, Key }));
        }
        return next(args);
      },
      { step: 'initialize' },
    );
    expect(await troubled()).toEqual([]);
    expect(await table.item('circuit', 'acme')).toBeUndefined();
  });
});
