import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { startDynamoDBFront } from '../../../tooling/servers/dynamodb-front.mjs';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

describeOnEachServer('a backend with odd clients, answers and arguments', (server, kind) => {
  let table: TestTable;

  beforeEach(async () => {
    table = await makeTable(server());
  });
  afterEach(() => table.drop());

  const wrappers: [what: string, wrap: (error: unknown) => unknown][] = [
    ['another error', (cause) => new Error('a call of ours failed', { cause })],
    ['a text', (error) => String(error)],
  ];
  test.each(wrappers)('a middleware that makes %s of each error hides no lost race', async (_, wrap) => {
    const client = table.client();
    client.middlewareStack.add(
      (next) => async (args) => {
        try {
          return await next(args);
        } catch (error) {
          throw wrap(error);
        }
      },
      { step: 'initialize' },
    );
    const backend = new DynamoDBBackend({ client, warn: () => {}, ...table.options });
    await backend.store('acme', null, recordOf(1), longTtl);
    const lost = { applied: false, record: expect.objectContaining({ revision: 1 }) };
    expect(await backend.store('acme', null, recordOf(2), longTtl)).toMatchObject(lost);
    expect(await backend.apply('acme', 7, { add: { a: 1 } }, longTtl)).toMatchObject(lost);
    const held = await backend.lock('acme', { lease: 60_000 });
    await expect(backend.lock('acme', { lease: 60_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await held.release();
  });

  // A front of ours stands only before servers of ours.
  const testWithFront = kind === 'endpoint' ? test.skip : test;
  testWithFront('an update that is answered as done, without its item, is no count and no lock', async () => {
    const front = await startDynamoDBFront(server().port);
    const backend = table.connect({}, front.port);
    await backend.store('acme', null, recordOf(1), longTtl);
    const headers = { 'x-amzn-requestid': 'ABC', 'content-type': 'application/x-amz-json-1.0' };
    const answer = { status: 200, body: '{}', headers };
    front.faultWhere(({ operation }) => (operation === 'UpdateItem' ? { answer } : null));
    const refused = { code: 'ERR_STORAGE', ambiguous: true, message: expect.stringContaining('without the item') };
    await expect(backend.apply('acme', 1, { add: { a: 1 } }, longTtl)).rejects.toMatchObject(refused);
    await expect(backend.lock('acme', { lease: 60_000 })).rejects.toMatchObject(refused);
    await front.stop();
  });

  test.each([0, -1, NaN, undefined])('a ttl or a lease of %s is refused, and writes nothing', async (wrong) => {
    const backend = table.connect();
    const ms = wrong as number;
    await expect(backend.store('acme', null, recordOf(1), { ttl: ms })).rejects.toThrow(RangeError);
    await expect(backend.lock('acme', { lease: ms })).rejects.toThrow(RangeError);
    expect([await table.item('circuit', 'acme'), await table.item('lock', 'acme')]).toEqual([undefined, undefined]);
    await backend.store('acme', null, recordOf(1), longTtl);
    await expect(backend.apply('acme', 1, {}, { ttl: ms })).rejects.toThrow(RangeError);
    const held = await backend.lock('acme', { lease: 60_000 });
    await expect(held.extend(ms)).rejects.toThrow(RangeError);
    await held.release();
  });

  test('a lease without an end is one that nobody outlives', async () => {
    const held = await table.connect().lock('acme', { lease: Infinity });
    expect(held.left).toBeGreaterThan(1e15);
    await expect(table.connect().lock('acme', { lease: 1_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await held.extend(Infinity);
    await held.release();
  });
});
