import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, type CircuitBreaker } from '@circuitry/core';
import type { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { startDynamoDBFront, type DynamoDBFront, type Fault } from '../../../tooling/servers/dynamodb-front.mjs';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

const anHour = 3_600_000;

/** What is no word of DynamoDB's on the time, however often it comes. */
const never: readonly (readonly [string, Fault])[] = [
  ...[null, '', 'garbage', '0', '-1', 'worker 5', 'cache-7'].map(
    (date) => [`with the date ${date}`, { date }] as const,
  ),
  ['of 1970', { date: 'Thu, 01 Jan 1970 00:00:00 GMT' }],
  ['of the year 9999', { date: 'Fri, 31 Dec 9999 23:59:59 GMT' }],
  ['of the year 275760', { date: 'Sat, 13 Sep 275760 00:00:00 GMT' }],
  [
    'that are a proxy’s error pages, an hour ahead',
    { date: anHour, answer: { status: 503, body: '<html>busy</html>', headers: { server: 'squid' } } },
  ],
  ['that are a proxy’s own JSON, an hour ahead', { date: anHour, answer: { status: 200, body: '{}' } }],
];

/** One answer that is DynamoDB's but for its date. */
const once: readonly (readonly [string, Fault])[] = [
  ['an hour ahead', { date: anHour }],
  ['an hour behind', { date: -anHour }],
  ['five minutes ahead', { date: 300_000 }],
];

describeOnEachServer('a worker whose answers are stamped wrongly', (server, kind) => {
  // A front of ours stands only before servers of ours.
  if (kind === 'endpoint') return;
  let table: TestTable;
  let front: DynamoDBFront;
  let worker: DynamoDBBackend;
  let other: DynamoDBBackend;

  beforeEach(async () => {
    table = await makeTable(server());
    front = await startDynamoDBFront(server().port);
    worker = table.connect({}, front.port);
    other = table.connect();
  });
  afterEach(async () => {
    await front.stop();
    await table.drop();
  });

  function breakerOn(backend: DynamoDBBackend): CircuitBreaker {
    const factory = new CircuitBreakerFactory({
      backend,
      failureCountThreshold: 1,
      allowAfter: '60s',
      storageTimeout: '20s',
      retryJitter: 0,
    });
    return factory.breakerFor('acme');
  }

  const fail = (): Promise<never> => Promise.reject(new Error('the dependency is down'));

  /** The worker's clock must be right: it neither begins a trial, nor takes another's lock, nor stores another time. */
  async function expectRightTime(): Promise<void> {
    await breakerOn(other).settle(fail);
    const held = await other.lock('acme', { lease: 30_000 });
    const { status } = await breakerOn(worker).settle(() => 'ran');
    expect(status).toBe('refused');
    await expect(worker.lock('acme', { lease: 1_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await held.release();
    await worker.store('stored', null, recordOf(1), { ttl: 60_000 });
    const endsAt = Number((await table.item('circuit', 'stored'))?.['endsAt']?.N);
    expect(Math.abs(endsAt - Date.now() - 60_000)).toBeLessThan(30_000);
    expect((await other.retrieve('stored')).record?.revision).toBe(1);
  }

  test.each([...never])(
    'keeps its own clock, with answers %s',
    async (_title, fault) => {
      front.faultWhere(() => fault);
      for (let count = 0; count < 3; count += 1) await worker.retrieve('any').catch(() => null);
      front.pass();
      await expectRightTime();
    },
    60_000,
  );

  test.each([...once])(
    'believes no single one that is %s',
    async (_title, fault) => {
      await worker.retrieve('any');
      for (const operation of ['GetItem', 'UpdateItem', 'PutItem']) {
        let left = 1;
        front.faultWhere((asked) => (asked.operation === operation && (left -= 1) >= 0 ? fault : null));
        await worker.store(`new ${operation}`, null, recordOf(1), longTtl);
        await worker.apply(`new ${operation}`, 1, { add: { n: 1 } }, longTtl);
        await worker.retrieve(`new ${operation}`);
        expect(left).toBeLessThan(1);
      }
      front.pass();
      await expectRightTime();
    },
    60_000,
  );

  test.each([anHour, -anHour, 600_000, 300_000, -300_000])(
    'believes none, however many, of answers to requests that AWS would have refused at such a time: %i ms off',
    async (date) => {
      front.faultWhere(() => ({ date }));
      for (let count = 0; count < 5; count += 1) await worker.retrieve('any');
      await worker.store('new', null, recordOf(1), longTtl);
      await expectRightTime();
    },
    60_000,
  );

  test.each([anHour, 120_000])(
    'believes none of refusals, however many agree: %i ms off',
    async (date) => {
      const held = await other.lock('held', { lease: 600_000 });
      // Only what DynamoDB refuses is stamped so: each try to take the lock.
      front.faultWhere(({ operation }) => (operation === 'UpdateItem' ? { date, onlyStatus: 400 } : null));
      for (let count = 0; count < 3; count += 1) {
        await expect(worker.lock('held', { lease: 1_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
      }
      await held.release();
      await expectRightTime();
    },
    60_000,
  );

  test('asks again before it decides, where it never had another answer', async () => {
    await breakerOn(other).settle(fail);
    let left = 1;
    front.faultWhere(() => ((left -= 1) >= 0 ? { date: 240_000 } : null));
    expect((await breakerOn(worker).settle(() => 'ran')).status).toBe('refused');
    expect(front.requests).toBe(2);
  }, 60_000);

  test.each([anHour, 120_000])(
    'signs by no answer that it does not believe: %i ms off',
    async (date) => {
      for (const operation of ['GetItem', 'UpdateItem']) {
        let left = 1;
        front.faultWhere((asked) => (asked.operation === operation && (left -= 1) >= 0 ? { date } : null));
        // The second write is refused: its revision is none.
        await worker.store(`to ${operation}`, null, recordOf(1), longTtl);
        await worker.apply(`to ${operation}`, 7, { add: { n: 1 } }, longTtl);
        await worker.retrieve(`to ${operation}`);
        expect(left).toBeLessThan(1);
      }
      expect(Math.abs(front.signedAt - Date.now())).toBeLessThan(60_000);
    },
    60_000,
  );
});
