import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CapacityUse, DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { countSent } from './support/interpose.js';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

describeOnEachServer('the cost of a call', (server, kind) => {
  /** dynalite does not answer the item on a failed condition: a lost write costs it one more read. */
  const answersItem = kind !== 'dynalite';
  let table: TestTable;
  let backend: DynamoDBBackend;
  let other: DynamoDBBackend;
  /** What the backend's SDK sent, as a middleware of the test's saw it. */
  let sent: Record<string, number>;

  beforeEach(async () => {
    table = await makeTable(server());
    const client = table.client();
    countSent(client, (operation) => (sent[operation] = (sent[operation] ?? 0) + 1));
    backend = table.connect({ client });
    other = table.connect();
  });
  afterEach(() => table.drop());

  /** What a call cost. */
  async function costOf(call: () => Promise<unknown>): Promise<CapacityUse & { readonly sent: typeof sent }> {
    const before = backend.capacity();
    sent = {};
    await call();
    const after = backend.capacity();
    return {
      sent,
      requests: after.requests - before.requests,
      readUnits: after.readUnits - before.readUnits,
      writeUnits: after.writeUnits - before.writeUnits,
      lostWrites: after.lostWrites - before.lostWrites,
    };
  }

  type Write = 'PutItem' | 'UpdateItem';
  // One that is not consistent is half a unit.
  const read = { sent: { GetItem: 1 }, requests: 1, readUnits: 1, writeUnits: 0, lostWrites: 0 };
  const write = (by: Write) => ({ sent: { [by]: 1 }, requests: 1, readUnits: 0, writeUnits: 1, lostWrites: 0 });
  const lost = (by: Write) =>
    answersItem
      ? { sent: { [by]: 1 }, requests: 1, readUnits: 0, writeUnits: 0, lostWrites: 1 }
      : { sent: { [by]: 1, GetItem: 1 }, requests: 2, readUnits: 1, writeUnits: 0, lostWrites: 1 };

  test('a retrieve costs one consistent read, whether there is a record or not', async () => {
    expect(await costOf(() => backend.retrieve('acme'))).toEqual(read);
    await other.store('acme', null, recordOf(1), longTtl);
    expect(await costOf(() => backend.retrieve('acme'))).toEqual(read);
  });

  test('an apply and a store cost one write each', async () => {
    expect(await costOf(() => backend.store('acme', null, recordOf(1), longTtl))).toEqual(write('PutItem'));
    expect(await costOf(() => backend.apply('acme', 1, { add: { n: 1 } }, longTtl))).toEqual(write('UpdateItem'));
    expect(await costOf(() => backend.store('acme', 1, recordOf(2), { ...longTtl, expect: { n: 1 } }))).toEqual(
      write('PutItem'),
    );
  });

  test(`a lost race costs ${answersItem ? 'nothing more' : 'one read more, on this server only'}`, async () => {
    await other.store('acme', null, recordOf(5), longTtl);
    expect(await costOf(() => backend.store('acme', null, recordOf(6), longTtl))).toEqual(lost('PutItem'));
    expect(await costOf(() => backend.apply('acme', 4, { add: { n: 1 } }, longTtl))).toEqual(lost('UpdateItem'));
    expect(await costOf(() => backend.store('acme', 4, recordOf(6), longTtl))).toEqual(lost('PutItem'));
    expect(await costOf(() => backend.store('acme', 5, recordOf(6), { ...longTtl, expect: { n: 1 } }))).toEqual(
      lost('PutItem'),
    );
  });

  test('taking, extending and releasing a free lock cost one write each, a refused one nothing but its write', async () => {
    let lease = await backend.lock('acme', { lease: 60_000 });
    expect(await costOf(() => lease.extend(60_000))).toEqual(write('UpdateItem'));
    expect(await costOf(() => lease.release())).toEqual(write('UpdateItem'));
    expect(await costOf(async () => (lease = await backend.lock('acme', { lease: 60_000 })))).toEqual(
      write('UpdateItem'),
    );
    const refused = (): Promise<unknown> => backend.lock('acme', { lease: 1_000 }).catch(() => null);
    expect(await costOf(refused)).toEqual(lost('UpdateItem'));
    await lease.release();
  });

  test('a page of a listing is charged for what it looks through, to half on dynalite', async () => {
    await backend.store('acme', null, recordOf(1), longTtl);
    const list = async (): Promise<void> => {
      for await (const _entry of backend.list()) continue;
    };
    const readUnits = kind === 'dynalite' ? 0.5 : 1;
    expect(await costOf(list)).toEqual({ ...read, sent: { Scan: 1 }, readUnits });
  });

  test('is summed by circuit and in total, and a listing only in total', async () => {
    await backend.store('acme', null, recordOf(1), longTtl);
    await backend.retrieve('acme');
    await backend.retrieve('globex');
    for await (const _entry of backend.list()) continue;
    expect(backend.capacity('acme')).toEqual({ requests: 2, readUnits: 1, writeUnits: 1, lostWrites: 0 });
    expect(backend.capacity('globex')).toEqual({ requests: 1, readUnits: 1, writeUnits: 0, lostWrites: 0 });
    expect(backend.capacity('initech')).toEqual({ requests: 0, readUnits: 0, writeUnits: 0, lostWrites: 0 });
    expect(backend.capacity().requests).toBe(4);
  });

  test('is told apart for so many circuits only: the least recently used go, the total stays', async () => {
    const small = table.connect({ capacityCircuits: 2 });
    for (const name of ['a', 'b', 'a', 'c']) await small.retrieve(name);
    expect(['a', 'b', 'c'].map((name) => small.capacity(name).requests)).toEqual([2, 0, 1]);
    expect(small.capacity().requests).toBe(4);
  });

  test('four hundred applies by eight clients to one circuit add up exactly, at one write each', async () => {
    await backend.store('hot', null, recordOf(1), longTtl);
    const clients = Array.from({ length: 8 }, () => table.connect());
    const work = clients.map(async (client) => {
      for (let count = 0; count < 50; count += 1) {
        const { applied } = await client.apply('hot', 1, { add: { calls: 1, [`client`]: 2 } }, longTtl);
        expect(applied).toBe(true);
      }
    });
    await Promise.all(work);
    expect((await backend.retrieve('hot')).record?.counters).toEqual({ calls: 400, client: 800 });
    for (const client of clients) expect(client.capacity()).toMatchObject({ requests: 50, lostWrites: 0 });
  }, 60_000);
});
