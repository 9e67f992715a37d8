import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { VirtualClock } from '@circuitry/core/testing';
import type { DynamoDBBackend } from '@circuitry/backend-dynamodb';
import { startDynamoDBFront, type DynamoDBFront, type Fault } from '../../../tooling/servers/dynamodb-front.mjs';
import { wrongClock } from './support/clocks.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

const lease = 600;

describeOnEachServer('a lock whose answer comes late', (server, kind) => {
  // A front of ours stands only before servers of ours.
  if (kind === 'endpoint') return;
  let table: TestTable;
  let front: DynamoDBFront;
  /** Both workers'. Their time passes only where a test says so: an answer is late by nothing else. */
  let clock: VirtualClock;
  let slow: DynamoDBBackend;
  let quick: DynamoDBBackend;

  beforeEach(async () => {
    table = await makeTable(server());
    front = await startDynamoDBFront(server().port);
    clock = new VirtualClock(Date.now());
    slow = table.connect({ clock, serverTime: false }, front.port);
    quick = table.connect({ clock, serverTime: false });
  });
  afterEach(async () => {
    await front.stop();
    await table.drop();
  });

  /** The first write that takes a lock meets the fault. */
  function firstTake(fault: Fault): void {
    let left = 1;
    front.faultWhere(({ operation, body }) => {
      if (operation !== 'UpdateItem' || !body.includes('#lock#') || left === 0) return null;
      left -= 1;
      return fault;
    });
  }

  /** … and is answered so many ms later. */
  function firstTakeIsLate(ms: number, fault: Fault = {}): void {
    firstTake({ ...fault, hold: () => clock.advance(ms) });
  }

  /** … and is answered when the test says so. `taken`: the server has done it. */
  function firstTakeIsHeld(): { readonly taken: Promise<void>; answer(): void } {
    let answer = (): void => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const taken = new Promise<void>((resolve) => {
      firstTake({
        hold: () => {
          resolve();
          return answered;
        },
      });
    });
    return { taken, answer };
  }

  /** Lets time pass until it is settled: answers come in real time, pauses between tries in the worker's. */
  async function passing<T>(time: VirtualClock, waiting: Promise<T>): Promise<T> {
    let isOver = false;
    const over = (): void => void (isOver = true);
    waiting.then(over, over);
    while (!isOver) await (time.pending > 0 ? time.advance(50) : new Promise((resolve) => setImmediate(resolve)));
    return waiting;
  }

  test.each([
    ['when the lease was over', lease + 100, {}],
    ['when less than a third of it was left', lease * 0.75, {}],
    ['to a second request, because the first was lost', lease + 100, { cut: 'after' }],
  ] as const)('%s is given back and taken again, with a greater token', async (_when, late, fault) => {
    const before = await quick.lock('acme', { lease });
    await before.release();
    firstTakeIsLate(late, fault);
    const taken = await slow.lock('acme', { lease, wait: 30_000 });
    expect(taken.left).toBeGreaterThanOrEqual(lease / 3);
    expect(taken.left).toBeLessThanOrEqual(lease);
    // The first one was taken, given back, and the next is another.
    expect(taken.token).toBe(before.token + 2);
    await taken.release();
  });

  test('is not handed out beside the one who took it meanwhile: one holder at a time', async () => {
    const late = firstTakeIsHeld();
    let isHeld = true;
    const third = slow.lock('acme', { lease, wait: 30_000 }).then((taken) => {
      expect(isHeld).toBe(false);
      return taken;
    });
    await late.taken;
    await clock.advance(lease * 3);
    const second = await quick.lock('acme', { lease: 60_000 });
    late.answer();
    // It found the lock held by the other: it waits to look again.
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    isHeld = false;
    await second.release();
    const taken = await passing(clock, third);
    expect(taken.token).toBeGreaterThan(second.token);
    await taken.release();
  });

  test('and that may not wait is refused, and free for the next one', async () => {
    firstTakeIsLate(lease + 100);
    await expect(slow.lock('acme', { lease })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    const next = await quick.lock('acme', { lease: 60_000 });
    await next.release();
  });

  test('is not handed out beside the one who took it, though its worker’s clock stepped back meanwhile', async () => {
    const own = new VirtualClock(clock.now());
    const stepping = table.connect({ clock: own, serverTime: false }, front.port);
    const late = firstTakeIsHeld();
    const refused = expect(passing(own, stepping.lock('acme', { lease }))).rejects.toMatchObject({
      code: 'ERR_LOCK_TIMEOUT',
    });
    await late.taken;
    await clock.advance(lease * 3);
    const second = await quick.lock('acme', { lease: 60_000 });
    own.step(-10_000);
    late.answer();
    await refused;
    await second.release();
  });

  test('is free for the next one at once where it came late, not only when its lease ends', async () => {
    firstTakeIsLate(3_000);
    // A quarter of the lease was left.
    await expect(slow.lock('acme', { lease: 4_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    expect((await table.item('lock', 'acme'))?.['endsAt']).toEqual({ N: '0' });
  });

  test.each(['extend', 'release'] as const)('ends with its lease where its %s is never answered', async (verb) => {
    const held = await slow.lock('acme', { lease });
    await clock.advance(lease / 2);
    const asked = new Promise<void>((resolve) => {
      front.faultWhere(() => ({ hold: () => new Promise<void>(() => resolve()) }));
    });
    const lost = expect(verb === 'extend' ? held.extend(lease) : held.release()).rejects.toMatchObject({
      code: 'ERR_LEASE_LOST',
      message: expect.stringContaining('did not answer'),
    });
    await asked;
    await clock.advance(lease / 2);
    await lost;
  });

  test('tells what is left of a lease, less for a slower answer', async () => {
    const swift = await slow.lock('swift', { lease: 60_000 });
    firstTakeIsLate(5_000);
    const late = await slow.lock('late', { lease: 60_000 });
    expect([swift.left, late.left]).toEqual([60_000, 55_000]);
    await swift.release();
    await late.release();
  });

  test('is not taken by a worker that never heard DynamoDB’s time, and whose clock is an hour ahead', async () => {
    const held = await table.connect().lock('acme', { lease: 60_000 });
    const fresh = table.connect({ clock: wrongClock(3_600_000) });
    await expect(fresh.lock('acme', { lease: 60_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await held.release();
    const taken = await fresh.lock('acme', { lease: 60_000 });
    expect(taken.left).toBeGreaterThanOrEqual(60_000 / 3);
    await taken.release();
  });
});
