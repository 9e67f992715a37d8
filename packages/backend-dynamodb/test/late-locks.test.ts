import { afterEach, beforeEach, expect, test } from '@jest/globals';
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
  let slow: DynamoDBBackend;
  let quick: DynamoDBBackend;

  beforeEach(async () => {
    table = await makeTable(server());
    front = await startDynamoDBFront(server().port);
    slow = table.connect({}, front.port);
    quick = table.connect();
    // Connections and DynamoDB's time are there before anything is late.
    await Promise.all([slow.retrieve('acme'), quick.retrieve('acme')]);
  });
  afterEach(async () => {
    await front.stop();
    await table.drop();
  });

  /** The first write that takes a lock meets the fault. */
  function firstTake(fault: Fault): { readonly taken: Promise<void> } {
    let taken = (): void => {};
    const met = new Promise<void>((resolve) => (taken = resolve));
    let left = 1;
    front.faultWhere(({ operation, body }) => {
      if (operation !== 'UpdateItem' || !body.includes('#lock#') || left === 0) return null;
      left -= 1;
      taken();
      return fault;
    });
    return { taken: met };
  }

  test.each([
    ['when the lease was over', { delay: lease + 100 }],
    ['when less than a third of it was left', { delay: lease * 0.75 }],
    ['to a second request, because the first was lost', { delay: lease + 100, cut: 'after' }],
  ] as const)(
    '%s is given back and taken again, with a greater token',
    async (_when, fault) => {
      const before = await quick.lock('acme', { lease });
      await before.release();
      firstTake(fault);
      const taken = await slow.lock('acme', { lease, wait: 30_000 });
      expect(taken.left).toBeGreaterThanOrEqual(lease / 3);
      expect(taken.left).toBeLessThanOrEqual(lease);
      // The first one was taken, given back, and the next is another.
      expect(taken.token).toBe(before.token + 2);
      await taken.release();
    },
    60_000,
  );

  test('is not handed out beside the one who took it meanwhile: one holder at a time', async () => {
    const late = firstTake({ delay: lease * 3 });
    const waiting = slow.lock('acme', { lease, wait: 30_000 });
    await late.taken;
    const second = await quick.lock('acme', { lease: 60_000, wait: 30_000 });
    let isHeld = true;
    const third = waiting.then((taken) => {
      expect(isHeld).toBe(false);
      return taken;
    });
    await new Promise((resolve) => setTimeout(resolve, lease * 3));
    isHeld = false;
    await second.release();
    const taken = await third;
    expect(taken.token).toBeGreaterThan(second.token);
    await taken.release();
  }, 60_000);

  test('and that may not wait is refused, and free for the next one', async () => {
    firstTake({ delay: lease + 100 });
    await expect(slow.lock('acme', { lease })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    const next = await quick.lock('acme', { lease: 60_000 });
    await next.release();
  }, 60_000);

  test('is not handed out beside the one who took it, though its worker’s clock stepped back meanwhile', async () => {
    const clock = wrongClock(0);
    const stepping = table.connect({ clock }, front.port);
    await stepping.retrieve('acme');
    const late = firstTake({ delay: lease * 3 });
    const refused = expect(stepping.lock('acme', { lease })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await late.taken;
    const second = await quick.lock('acme', { lease: 60_000, wait: 30_000 });
    clock.error = -10_000;
    await refused;
    await second.release();
  }, 60_000);

  test('is free for the next one at once where it came late, not only when its lease ends', async () => {
    firstTake({ delay: 3_000 });
    // A quarter of the lease was left.
    await expect(slow.lock('acme', { lease: 4_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    expect((await table.item('lock', 'acme'))?.['endsAt']).toEqual({ N: '0' });
  }, 60_000);

  test('tells what is left of a lease, less for a slower answer', async () => {
    const swift = await slow.lock('swift', { lease: 60_000 });
    firstTake({ delay: 5_000 });
    const late = await slow.lock('late', { lease: 60_000 });
    expect(swift.left).toBeGreaterThan(late.left);
    expect(late.left).toBeLessThanOrEqual(55_000);
    expect(late.left).toBeGreaterThan(20_000);
    await swift.release();
    await late.release();
  }, 60_000);

  test('is not taken by a worker that never heard DynamoDB’s time, and whose clock is an hour ahead', async () => {
    const held = await quick.lock('acme', { lease: 60_000 });
    const fresh = table.connect({ clock: wrongClock(3_600_000) });
    await expect(fresh.lock('acme', { lease })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await held.release();
    const taken = await fresh.lock('acme', { lease });
    expect(taken.left).toBeGreaterThanOrEqual(lease / 3);
    await taken.release();
  }, 60_000);
});
