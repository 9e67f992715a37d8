import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { CircuitBreakerFactory, isCircuitryError } from '@circuitry/core';
import { startDynamoDBFront } from '../../../tooling/servers/dynamodb-front.mjs';
import { wrongClock } from './support/clocks.js';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer, describeOnOneServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

const fiveMinutes = 300_000;
const allowAfter = 60_000;
/** What docs/dynamodb.md promises, ms: the age of a `Date`, and what this machine may take for a request. */
const bound = 2_000 + 5_000;

describeOnOneServer('a worker whose clock is five minutes off', (server) => {
  let table: TestTable;

  beforeEach(async () => {
    table = await makeTable(server());
  });
  afterEach(() => table.drop());

  /** A worker with that clock: its factory and its backend go by it. */
  function breakerOf(error: number, serverTime = true): ReturnType<CircuitBreakerFactory['breakerFor']> {
    const clock = wrongClock(error);
    const backend = table.connect({ clock, serverTime });
    const settings = { failureCountThreshold: 1, allowAfter, retryJitter: 0, storageTimeout: '1m' } as const;
    return new CircuitBreakerFactory({ backend, clock, ...settings }).breakerFor('acme');
  }

  async function trip(breaker: ReturnType<typeof breakerOf>): Promise<void> {
    const failing = breaker.execute(() => Promise.reject(new Error('the dependency is down')));
    await expect(failing).rejects.toThrow('the dependency is down');
  }

  /** How long a call has to wait, ms; null: it was admitted. */
  async function waitOf(breaker: ReturnType<typeof breakerOf>): Promise<number | null> {
    try {
      await breaker.execute(() => 'ran');
      return null;
    } catch (error) {
      if (!isCircuitryError(error, 'ERR_CIRCUIT_OPEN')) throw error;
      return error.retryAfter;
    }
  }

  test.each([fiveMinutes, -fiveMinutes])(
    '(by %i ms) waits for an open circuit as long as all others',
    async (error) => {
      await trip(breakerOf(0));
      const wait = (await waitOf(breakerOf(error))) ?? 0;
      expect(wait).toBeGreaterThan(allowAfter - bound - 5_000);
      expect(wait).toBeLessThanOrEqual(allowAfter + bound);
    },
  );

  test.each([fiveMinutes, -fiveMinutes])('(by %i ms) opens a circuit for as long as all others', async (error) => {
    await trip(breakerOf(error));
    const wait = (await waitOf(breakerOf(0))) ?? 0;
    expect(wait).toBeGreaterThan(allowAfter - bound - 5_000);
    expect(wait).toBeLessThanOrEqual(allowAfter + bound);
  });

  test.each([fiveMinutes, -fiveMinutes])(
    '(by %i ms) neither ends a record early nor keeps it for longer',
    async (error) => {
      const worker = table.connect({ clock: wrongClock(error) });
      const right = table.connect();
      await worker.retrieve('acme');
      await worker.store('acme', null, recordOf(1), { ttl: 60_000 });
      const endsAt = Number((await table.item('circuit', 'acme'))?.['endsAt']?.N);
      expect(Math.abs(endsAt - Date.now() - 60_000)).toBeLessThan(bound + 5_000);
      await right.store('globex', null, recordOf(1), longTtl);
      expect((await worker.store('globex', null, recordOf(2), longTtl)).applied).toBe(false);
    },
  );

  test('answers with DynamoDB’s time, and one whose clock is right answers with none', async () => {
    const { now } = await table.connect({ clock: wrongClock(fiveMinutes) }).retrieve('acme');
    expect(Math.abs((now ?? 0) - Date.now())).toBeLessThan(bound);
    expect(await table.connect().retrieve('acme')).toEqual({ record: null });
  });

  test('with serverTime off errs by the whole five minutes, as documented: the circuit is tried early', async () => {
    await trip(breakerOf(0));
    expect(await waitOf(breakerOf(fiveMinutes, false))).toBeNull();
  });
});

describeOnEachServer('a worker whose clock is set while it runs', (server) => {
  const lease = 60_000;
  let table: TestTable;
  let clock: ReturnType<typeof wrongClock>;
  let worker: DynamoDBBackend;

  beforeEach(async () => {
    table = await makeTable(server());
    clock = wrongClock(0);
    worker = table.connect({ clock });
    await worker.retrieve('acme');
  });
  afterEach(() => table.drop());

  /** The lock is held, and ends when it should by a clock that is right. */
  async function expectHeld(): Promise<void> {
    const held = table.connect().lock('acme', { lease });
    await expect(held).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    const endsAt = Number((await table.item('lock', 'acme'))?.['endsAt']?.N);
    expect(Math.abs(endsAt - Date.now() - lease)).toBeLessThan(bound + 5_000);
  }

  const steps = [-3_600_000, -240_000, -30_000, 30_000, 240_000, 3_600_000];
  test.each(steps)('(by %i ms) and that extends a lease goes on holding it, for as long as it says', async (step) => {
    const held = await worker.lock('acme', { lease });
    clock.error = step;
    await held.extend(lease);
    await expectHeld();
    await held.release();
    await (await table.connect().lock('acme', { lease })).release();
  });

  test.each(steps)('(by %i ms) and that takes a lock holds it for as long as it says', async (step) => {
    clock.error = step;
    const held = await worker.lock('acme', { lease, wait: 60_000 });
    expect(held.left).toBeGreaterThan(lease / 3);
    await expectHeld();
    await held.release();
  });

  test.each(steps)('(by %i ms) gives a lock back at once', async (step) => {
    const held = await worker.lock('acme', { lease });
    clock.error = step;
    await held.release();
    await (await table.connect().lock('acme', { lease })).release();
  });

  test('does not bring back a lease that was over', async () => {
    const held = await worker.lock('acme', { lease: 50 });
    const next = await table.connect().lock('acme', { lease, wait: 60_000 });
    clock.error = -3_600_000;
    await expect(held.extend(lease)).rejects.toMatchObject({ code: 'ERR_LEASE_LOST' });
    await next.release();
  });
});

describeOnEachServer(
  'a worker whose machine is an hour off, where signatures are checked as AWS does',
  (server, kind) => {
    // A front of ours stands only before servers of ours.
    if (kind === 'endpoint') return;
    afterEach(() => {
      jest.restoreAllMocks();
    });

    test.each([3_600_000, -3_600_000])('(by %i ms) is refused once, and right from then on', async (error) => {
      const table = await makeTable(server());
      const front = await startDynamoDBFront(server().port);
      const rightNow = Date.now.bind(Date);
      jest.spyOn(Date, 'now').mockImplementation(() => rightNow() + error);
      let refusals = 0;
      front.faultWhere(() => {
        // The front lives by this machine's clock too: it is put right here.
        if (Math.abs(front.signedAt - rightNow()) <= fiveMinutes) return { date: -error };
        refusals += 1;
        const headers = { 'x-amzn-requestid': 'REFUSED' };
        return { date: -error, answer: { status: 400, error: 'InvalidSignatureException', headers } };
      });
      const worker = table.connect({}, front.port);
      await worker.store('acme', null, recordOf(1), { ttl: 60_000 });
      await worker.retrieve('acme');
      const { now = Date.now() } = await worker.retrieve('acme');
      expect(Math.abs(now - rightNow())).toBeLessThan(bound);
      expect(refusals).toBe(1);
      jest.restoreAllMocks();
      await front.stop();
      await table.drop();
    });
  },
);
