import { describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend, type FactoryOptions } from '@circuitry/core';
import { failing } from '../breaker/support/failing-backend.js';
import { down, Fleet, succeed } from '../breaker/support/fleet.js';
import { RecordingBackend } from '../breaker/support/recording-backend.js';
import { bounded, joinUnpushed } from './support/bounded.js';
import { collectGarbage, heldBytes } from './support/heap.js';

const megabyte = 1_048_576;

describe('What waits', () => {
  test('is as small for 250,000 successes as for three: they are merged as they come', async () => {
    const fleet = new Fleet({ consistency: { maxStaleness: '1h' } });
    const { factory, breaker, backend } = fleet.join({}, 'c', false);
    await succeed(breaker, 3);
    const before = await heldBytes();
    for (let batch = 0; batch < 250; batch += 1) {
      await Promise.all(Array.from({ length: 1_000 }, () => breaker.execute(() => batch)));
    }
    // A list of them would hold 8 bytes each, at the very least.
    expect((await heldBytes()) - before).toBeLessThan(megabyte);
    await factory.flush();
    expect(backend.verbs).toEqual(['retrieve', 'store']);
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 250_003 });
  });

  test('of circuits that were forgotten is sent all the same', async () => {
    const fleet = new Fleet({ ...bounded, maxCircuits: 4 });
    const { factory } = joinUnpushed(fleet);
    const names = Array.from({ length: 60 }, (_, tenant) => `t${tenant}`);
    for (const name of names) await succeed(factory.breakerFor(name, {}), 2);
    await factory.flush();
    for (const name of names) expect(await fleet.counters(name)).toMatchObject({ 'total.successes': 2 });
  });

  test('is sent early rather than kept for more circuits than a process may remember', async () => {
    const fleet = new Fleet({ consistency: { maxStaleness: '1h' }, maxCircuits: 10 });
    const { factory, backend } = joinUnpushed(fleet);
    for (let tenant = 0; tenant < 1_000; tenant += 1) await succeed(factory.breakerFor(`t${tenant}`, {}));
    await fleet.turn();
    expect(backend.count('store')).toBeGreaterThanOrEqual(960);
    await factory.close();
    expect(backend.count('store')).toBe(1_000);
  });
});

interface Tenant {
  readonly tenant: number;
}

describe.each<[string, Partial<FactoryOptions<Tenant>>]>([
  ['strict', {}],
  ['bounded', { consistency: { maxStaleness: 250 } }],
])('Through an outage of any length, %s', (_title, consistency) => {
  const maxCircuits = 100;

  function offline(): { fleet: Fleet; backend: RecordingBackend; factory: CircuitBreakerFactory<Tenant> } {
    const fleet = new Fleet();
    const backend = new RecordingBackend(new MemoryBackend({ clock: fleet.clock }));
    backend.conduct = failing('unreachable');
    const factory = new CircuitBreakerFactory<Tenant>({
      backend,
      clock: fleet.clock,
      maxCircuits,
      failureCountThreshold: 1,
      nameFor: (circuit, { tenant }) => `${circuit} ${tenant}`,
      ...consistency,
    });
    return { fleet, backend, factory };
  }

  const fail = (): never => {
    throw down;
  };

  test('no more than 4 × maxCircuits local machines are held, of 10,000 circuits', async () => {
    const { fleet, factory } = offline();
    const contexts: WeakRef<Tenant>[] = [];
    for (let tenant = 0; tenant < 10_000; tenant += 1) {
      const context = { tenant };
      contexts.push(new WeakRef(context));
      await factory.breakerFor('mail', context).settle(fail);
      if (tenant % 100 === 0) await fleet.clock.advance(10);
    }
    await fleet.clock.advance('1s');
    await collectGarbage();
    const held = contexts.filter((context) => context.deref() !== undefined).length;
    expect(held).toBeGreaterThan(maxCircuits);
    // This test holds the last one or two itself.
    expect(held).toBeLessThanOrEqual(4 * maxCircuits + 3);
    // Those that are held still refuse.
    const last = await factory.breakerFor('mail', { tenant: 9_999 }).settle(() => 'ran');
    expect(last.status).toBe('refused');
    await factory.close();
  });

  test('nothing grows with the calls', async () => {
    const { fleet, backend, factory } = offline();
    const run = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1) {
        const calls = Array.from({ length: 100 }, (_, tenant) =>
          factory.breakerFor('mail', { tenant }).settle(tenant % 3 === 0 ? fail : () => tenant),
        );
        await Promise.all(calls);
        await fleet.clock.advance('1s');
        backend.forget();
      }
    };
    await run(20);
    const before = await heldBytes();
    await run(200);
    expect((await heldBytes()) - before).toBeLessThan(megabyte);
    await factory.close();
  });
});
