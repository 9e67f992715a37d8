import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { anyOf, CircuitBreakerFactory, failureRate, slowCallRate } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { longTtl, recordOf } from './support/records.js';
import { describeOnEachServer } from './support/servers.js';
import { makeTable, type TestTable } from './support/tables.js';

/** What docs/dynamodb.md promises of the largest item that core's settings make, KB. */
const largestItem = 8;

describeOnEachServer('the size of an item', (server) => {
  let table: TestTable;
  beforeAll(async () => {
    table = await makeTable(server());
  }, 60_000);
  afterAll(() => table.drop());

  test('beyond 400 KB is refused by that name: nothing is written, and it is not ambiguous', async () => {
    const backend = table.connect();
    const counters = Object.fromEntries(
      Array.from({ length: 3_990 }, (_, index) => [`k${index}`.padEnd(88, 'y'), 1] as const),
    );
    const refused = { code: 'ERR_STORAGE', ambiguous: false, retriable: false };
    const large = recordOf(1, { counters });
    await backend.store('large', null, large, longTtl);
    const tooMuch = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`z${index}`.padEnd(9_000, 'z'), 1]));
    const applying = backend.apply('large', 1, { add: { ['z'.repeat(60_000)]: 1 } }, longTtl);
    await expect(applying).rejects.toMatchObject(refused);
    await expect(applying).rejects.toThrow(/item would be larger than DynamoDB’s 400 KB, so nothing was written/);
    const storing = backend.store('large', 1, recordOf(2, { counters: { ...counters, ...tooMuch } }), longTtl);
    await expect(storing).rejects.toMatchObject(refused);
    await expect(storing).rejects.toThrow(/400 KB/);
    expect((await backend.retrieve('large')).record).toEqual(large);
    await backend.delete('large');
  }, 60_000);

  test('holds what opened a circuit and an operator’s words at their longest, as they were', async () => {
    const backend = table.connect();
    const record = recordOf(1, {
      state: 'open',
      openings: Number.MAX_SAFE_INTEGER,
      since: Number.MAX_SAFE_INTEGER,
      expiresAt: Number.MAX_SAFE_INTEGER,
      // 256 bytes of UTF-8.
      lastFailure: '€'.repeat(85) + '!',
      override: { state: 'open', reason: '\n"é'.repeat(2_000), by: '😀'.repeat(1_000), until: Number.MAX_SAFE_INTEGER },
    });
    const name = 'n'.repeat(1_024);
    await backend.store(name, null, record, longTtl);
    expect((await backend.retrieve(name)).record).toEqual(record);
    await backend.apply(name, 1, { add: { n: 1 } }, longTtl);
    expect((await backend.retrieve(name)).record).toEqual({ ...record, counters: { n: 1 } });
  });

  test(`stays below ${largestItem} KB with the finest windows that core has`, async () => {
    const clock = new VirtualClock();
    const backend = table.connect({ clock, serverTime: false });
    const factory = new CircuitBreakerFactory({
      backend,
      clock,
      slowCallAfter: '1s',
      trip: anyOf(
        failureRate({ threshold: 1, minimumCalls: 1_000, window: '100s', buckets: 100 }),
        slowCallRate({ threshold: 1, minimumCalls: 1_000, window: { calls: 1_000 } }),
      ),
    });
    const breaker = factory.breakerFor('acme');
    let largest = 0;
    for (let call = 0; call < 220; call += 1) {
      const before = backend.capacity().writeUnits;
      await breaker.settle(() => (call % 2 === 0 ? Promise.reject(new Error('no')) : 'yes'));
      largest = Math.max(largest, backend.capacity().writeUnits - before);
      clock.step(call % 2 === 0 ? 500 : 1_000);
    }
    // A write unit is a KB, begun.
    expect(largest).toBeLessThanOrEqual(largestItem);
    await factory.close();
  }, 120_000);
});
