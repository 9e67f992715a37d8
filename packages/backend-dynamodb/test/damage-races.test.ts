import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { DynamoDBBackend, type DynamoDBBackendOptions } from '@circuitry/backend-dynamodb';
import type { Change, Delta } from '@circuitry/core';
import { hurriedClock } from './support/clocks.js';
import { before, gate } from './support/interpose.js';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

/** Of a counter that no write below names, and of one that some do. */
const unnamed = ['.other', { S: 'many' }, 'counters.other'] as const;
const fraction = ['.n', { N: '1.5' }, 'counters.n'] as const;

describeOnEachServer('writes that meet a damaged item', (server) => {
  let table: TestTable;
  let name: string;
  let damaged: Record<string, AttributeValue> | undefined;

  beforeAll(async () => {
    table = await makeTable(server());
  }, 60_000);
  afterAll(() => table.drop());
  beforeEach(async () => {
    name = randomUUID();
    const counters = { n: 1, m: 1, ...counted(60) };
    await table.connect().store(name, null, recordOf(1, { counters }), longTtl);
  });

  const damage = async ([attribute, value]: readonly [string, AttributeValue, string]): Promise<void> => {
    await table.damage(name, attribute, value);
    damaged = await item();
  };
  const item = (): ReturnType<TestTable['item']> => table.item('circuit', name);
  const corrupt = (field: string = unnamed[2]): object => ({ code: 'ERR_CORRUPT_RECORD', circuitName: name, field });
  const notTakenBack = (why: RegExp, field: string = unnamed[2]): object => ({
    code: 'ERR_STORAGE',
    ambiguous: true,
    retriable: false,
    message: expect.stringMatching(why),
    cause: corrupt(field),
  });
  const apply = (backend: DynamoDBBackend, delta: Delta = { add: { m: 1 } }, more = {}): Promise<Change> =>
    backend.apply(name, 1, delta, { ...longTtl, ...more });
  const store = (backend: DynamoDBBackend, more = {}): Promise<Change> =>
    backend.store(name, 1, recordOf(2, { by: randomUUID() }), { ...longTtl, ...more });
  /** A worker, with what happens before the nth of its puts. */
  const worker = (
    beforePut: (count: number) => unknown,
    more: Partial<DynamoDBBackendOptions> = {},
  ): DynamoDBBackend => {
    const client = table.client();
    before(client, 'PutItemCommand', beforePut);
    return new DynamoDBBackend({ client, ...table.options, ...more });
  };
  /** A worker that dies after its nth put: none is sent after that. */
  const mortal = (puts: number): DynamoDBBackend =>
    worker((count) => {
      if (count > puts) throw new Error('died');
    });

  test.each<[string, readonly [string, AttributeValue, string], Delta[]]>([
    ['adding elsewhere', unnamed, [{ add: { m: 1 } }, { add: { m: 2, n: -1 } }]],
    [
      'adding, setting, dropping and adding nothing',
      unnamed,
      [{ add: { m: 1 } }, { set: { n: 9 } }, { drop: ['m'] }, {}],
    ],
    ['adding to the fraction itself', fraction, [{ add: { n: 1 } }, { add: { n: 3, m: 1 } }]],
  ])(
    'are all refused, and it is as it was to the byte in the end: 8 clients at once, %s',
    async (...given) => {
      const [, what, deltas] = given;
      await damage(what);
      const clients = Array.from({ length: 8 }, () => table.connect());
      const settled = await Promise.allSettled(
        clients.map(async (client, index) => {
          for (let round = 0; round < 4; round += 1) {
            const change = apply(client, deltas[(index + round) % deltas.length]);
            await expect(change).rejects.toMatchObject(corrupt(what[2]));
          }
        }),
      );
      expect(settled).toEqual(clients.map(() => ({ status: 'fulfilled', value: undefined })));
      expect(await item()).toEqual(damaged);
    },
    60_000,
  );

  test('are never applied, and it is as it was in the end: 8 clients at once, half of them storing', async () => {
    await damage(unnamed);
    const clients = Array.from({ length: 8 }, () => table.connect());
    const settled = await Promise.allSettled(
      clients.map((client, index) => (index % 2 === 0 ? store(client) : apply(client))),
    );
    for (const each of settled) {
      // One that came while another's store lay there lost to that; it would find out at its next read.
      if (each.status === 'fulfilled') expect(each.value).toMatchObject({ applied: false, record: { revision: 2 } });
      else expect(each.reason).toMatchObject(corrupt());
    }
    expect(settled.some(({ status }) => status === 'rejected')).toBe(true);
    expect(await item()).toEqual(damaged);
  }, 60_000);

  test('wait for one that came later to be taken back first', async () => {
    await damage(unnamed);
    const laterLaid = gate();
    const earlierTried = gate();
    let tries = 0;
    const earlier = worker(async (count) => {
      tries = count;
      if (count === 1) await laterLaid.opened;
      if (count === 2) earlierTried.open();
    });
    const later = worker(async () => {
      laterLaid.open();
      await earlierTried.opened;
    });
    const first = expect(apply(earlier)).rejects.toMatchObject(corrupt());
    const laid = eventually(async () => (await item())?.['.m']?.N === '2');
    const second = laid.then(() => expect(apply(later, { add: { m: 5 } })).rejects.toMatchObject(corrupt()));
    await Promise.all([first, second]);
    expect(tries).toBeGreaterThanOrEqual(2);
    expect(await item()).toEqual(damaged);
  });

  test('of a worker that dies in between stay, its error says so, and later writes still take back their own', async () => {
    await damage(unnamed);
    await expect(apply(mortal(0))).rejects.toMatchObject(
      notTakenBack(/met a damaged item, and may not have been taken back: .*died.* delete the circuit/),
    );
    const left = await item();
    expect(left).toMatchObject({ '.m': { N: '2' }, '.other': { S: 'many' } });
    await expect(apply(table.connect())).rejects.toMatchObject(corrupt());
    await expect(store(table.connect())).rejects.toMatchObject(corrupt());
    expect(await item()).toEqual(left);
    await expect(store(mortal(1))).rejects.toMatchObject(notTakenBack(/may not have been taken back: .*died/));
    expect(await item()).toMatchObject({ revision: { N: '2' } });
  });

  test('give up after a time when one on top of them stays, and say so', async () => {
    await damage(unnamed);
    const clock = hurriedClock();
    const dies = () => apply(mortal(0)).catch(() => {});
    const own = worker((count) => (count === 1 ? dies() : undefined), { clock });
    await expect(apply(own)).rejects.toMatchObject(notTakenBack(/another worker’s change .* after 10000 ms/));
    expect(await item()).toMatchObject({ '.m': { N: '3' } });
  });

  test('whose caller gives up are taken back all the same', async () => {
    await damage(unnamed);
    const controller = new AbortController();
    const own = worker(() => controller.abort(new Error('given up')));
    const { signal } = controller;
    await expect(apply(own, {}, { signal })).rejects.toMatchObject(notTakenBack(/taken back: given up/));
    await eventually(async () => JSON.stringify(sorted(await item())) === JSON.stringify(sorted(damaged)));
  });

  test('are given up by close, which leaves nothing running', async () => {
    await damage(unnamed);
    const waiting = gate();
    const dies = () => apply(mortal(0)).catch(() => {});
    const own = worker((count) => (count === 1 ? dies() : waiting.open()));
    const closing = waiting.opened.then(() => own.close());
    await expect(apply(own)).rejects.toMatchObject(notTakenBack(/was closed/));
    await closing;
  });

  test('of a circuit that is deleted meanwhile bring nothing back', async () => {
    await damage(unnamed);
    const own = worker(() => table.connect().delete(name));
    await expect(apply(own)).rejects.toMatchObject(corrupt());
    expect(await item()).toBeUndefined();
  });

  test('that left it whole take with them what others counted there in between', async () => {
    await damage(fraction);
    const other = table.connect();
    let theirs: Change | undefined;
    const storing = worker(async (count) => {
      if (count === 2) theirs = await other.apply(name, 2, { add: { theirs: 1 } }, longTtl);
    });
    await expect(store(storing)).rejects.toMatchObject(corrupt('counters.n'));
    expect(theirs).toMatchObject({ applied: true, record: { revision: 2, counters: { theirs: 1 } } });
    expect(await item()).toEqual(damaged);
    const setting = worker(async (count) => {
      if (count === 1) theirs = await apply(other, { add: { n: 1 } });
    });
    await expect(apply(setting, { set: { n: 7 } })).rejects.toMatchObject(corrupt('counters.n'));
    expect(theirs?.record?.counters['n']).toBe(8);
    expect(await item()).toEqual(damaged);
  });

  test('that left it whole can’t be taken back from under another store, and say so', async () => {
    await damage(fraction);
    const next = recordOf(3, { counters: { theirs: 1 } });
    const theirs = () => table.connect().store(name, 2, next, longTtl);
    const own = worker((count) => (count === 2 ? theirs() : undefined), { clock: hurriedClock() });
    await expect(store(own)).rejects.toMatchObject(notTakenBack(/another worker’s change/, 'counters.n'));
    expect((await table.connect().retrieve(name)).record).toEqual(next);
  });

  test('as whole items, for want of room in an expression, are taken back too', async () => {
    const damagedMeanwhile = (): DynamoDBBackend => worker((count) => (count === 1 ? damage(unnamed) : undefined));
    await expect(apply(damagedMeanwhile(), { add: counted(60) })).rejects.toMatchObject(corrupt());
    expect(await item()).toEqual(damaged);
    await table.damage(name, '.other', null);
    const expecting = { expect: { ...counted(60), ...Object.fromEntries(missing(140)) } };
    await expect(store(damagedMeanwhile(), expecting)).rejects.toMatchObject(corrupt());
    expect(await item()).toEqual(damaged);
  });
});

function counted(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`counter ${index}`, 1]));
}

function missing(count: number): [string, number][] {
  return Array.from({ length: count }, (_, index) => [`missing ${index}`, 0]);
}

function sorted(item: object | undefined): [string, unknown][] {
  return Object.entries(item ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Asks a real server, until the test's own limit. */
async function eventually(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
