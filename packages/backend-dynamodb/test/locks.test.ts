import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { systemClock } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import type { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

describeOnEachServer('a lock', (server, kind) => {
  let table: TestTable;
  let backend: DynamoDBBackend;

  beforeEach(async () => {
    table = await makeTable(server());
    backend = table.connect();
  });
  afterEach(() => table.drop());

  const key = { id: { S: 'circuitry#lock#acme' } };

  test('has a fencing token that grows by one from holder to holder, over releases and deaths', async () => {
    const clock = new VirtualClock();
    const workers = [0, 1, 2].map(() => table.connect({ clock, serverTime: false }));
    const tokens: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const lease = await (workers[round % 3] as DynamoDBBackend).lock('acme', { lease: 1_000 });
      tokens.push(lease.token);
      if (round % 2 === 0) await lease.release();
      // Every other holder dies with its lease.
      else clock.step(1_000);
    }
    expect(tokens.map((token) => token - (tokens[0] as number))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('has a greater token even after DynamoDB deleted its item', async () => {
    const clock = new VirtualClock();
    const worker = table.connect({ clock, serverTime: false });
    const first = await worker.lock('acme', { lease: 1_000 });
    await first.release();
    const deletion = Number((await table.item('lock', 'acme'))?.['ttl']?.N) * 1_000;
    expect(deletion).toBeGreaterThanOrEqual(clock.now() + 7 * 86_400_000);
    await table.client().send(new DeleteItemCommand({ TableName: table.tableName, Key: key }));
    clock.step(deletion - clock.now());
    expect((await worker.lock('acme', { lease: 1_000 })).token).toBeGreaterThan(first.token);
  });

  test('is waited for no longer than its caller would, though the clock steps back meanwhile', async () => {
    await backend.lock('acme', { lease: 600_000 });
    const clock = { error: 0, now: () => Date.now() + clock.error, after: systemClock.after.bind(systemClock) };
    const begun = performance.now();
    const waiting = table.connect({ clock }).lock('acme', { lease: 1_000, wait: 400 });
    systemClock.after(150, () => (clock.error = -20_000));
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT', waited: 400 });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('is looked at in growing pauses while it is held, with reads; only taking it is a write', async () => {
    const clock = new VirtualClock();
    const [holder, waiter] = [0, 1].map(() => table.connect({ clock, serverTime: false })) as [
      DynamoDBBackend,
      DynamoDBBackend,
    ];
    await holder.lock('acme', { lease: 10_000 });
    let done = false;
    const waiting = waiter.lock('acme', { lease: 1_000, wait: 60_000 }).finally(() => {
      done = true;
    });
    while (!done) {
      // Real answers come in real time, pauses in virtual time.
      if (clock.pending > 0) await clock.advance(50);
      else await new Promise((resolve) => setImmediate(resolve));
    }
    const lease = await waiting;
    expect(lease.token).toBeGreaterThan(0);
    const { readUnits, writeUnits, requests } = waiter.capacity('acme');
    expect(writeUnits).toBe(1);
    // From 50 ms doubling to 1 s, each at least halved by chance: between 10 and 20 or so in 10 s.
    expect(readUnits).toBeGreaterThanOrEqual(10);
    expect(readUnits).toBeLessThanOrEqual(26);
    expect(requests).toBe(readUnits + 2);
    expect(clock.pending).toBe(0);
  }, 60_000);

  test('is given back where its taking was cut short and may have happened', async () => {
    const controller = new AbortController();
    const client = table.client();
    let answers = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        // The server has taken the lock: its answer just doesn't get any further.
        if ((answers += 1) === 1) controller.abort(new Error('the job was cancelled'));
        return answer;
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const taking = table.connect({ client }).lock('acme', { lease: 60_000, signal: controller.signal });
    await expect(taking).rejects.toThrow('the job was cancelled');
    const lease = await table.connect().lock('acme', { lease: 1_000, wait: 20_000 });
    await lease.release();
  }, 60_000);

  test('has an item of its own: the record of its name may come, go and be corrupt', async () => {
    const lease = await backend.lock('acme', { lease: 60_000 });
    await backend.store('acme', null, recordOf(1), longTtl);
    await table.damage('acme', 'state', { S: 'ajar' });
    await lease.extend(60_000);
    await backend.delete('acme');
    await lease.release();
  });

  test.each([
    ['token', { S: 'first' }],
    ['endsAt', { S: 'soon' }],
    ['owner', { N: '1' }],
  ])('whose item has a damaged %s is refused by that name, and left as it is', async (field, value) => {
    await (await backend.lock('acme', { lease: 1_000 })).release();
    await table.client().send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: key,
        // Held by another, or its owner would simply be replaced.
        UpdateExpression: 'SET #f = :v' + (field === 'owner' ? ', endsAt = :never' : ''),
        ExpressionAttributeNames: { '#f': field },
        ExpressionAttributeValues: {
          ':v': value,
          ...(field === 'owner' ? { ':never': { N: '9007199254740991' } } : {}),
        },
      }),
    );
    const damaged = await table.item('lock', 'acme');
    await expect(backend.lock('acme', { lease: 1_000 })).rejects.toMatchObject({ code: 'ERR_CORRUPT_RECORD', field });
    expect(await table.item('lock', 'acme')).toEqual(damaged);
  });

  test('of a newer format is refused by its number', async () => {
    await (await backend.lock('acme', { lease: 1_000 })).release();
    await table.client().send(
      new UpdateItemCommand({
        TableName: table.tableName,
        Key: key,
        UpdateExpression: 'SET #f = :v',
        ExpressionAttributeNames: { '#f': 'format' },
        ExpressionAttributeValues: { ':v': { N: '2' } },
      }),
    );
    await expect(backend.lock('acme', { lease: 1_000 })).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_RECORD' });
  });

  if (kind !== 'endpoint') {
    test('is not taken early by a worker whose clock is five minutes ahead, beyond the bound', async () => {
      const holder = await backend.lock('acme', { lease: 20_000 });
      const ahead = { now: () => Date.now() + 300_000, after: () => () => {} };
      const early = table.connect({ clock: ahead });
      // Any answer teaches it DynamoDB's time; core reads a circuit before it locks it.
      await early.retrieve('acme');
      await expect(early.lock('acme', { lease: 1_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
      await holder.release();
    });
  }
});
