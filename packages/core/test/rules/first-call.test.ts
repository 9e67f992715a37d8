import { describe, expect, test } from '@jest/globals';
import { Holding } from '../breaker/support/failing-backend.js';
import { fail, Fleet, succeed, t0 } from '../breaker/support/fleet.js';

describe('The first call of a circuit', () => {
  test('reads as closed ever since: since 0, no counts, generation and revision 0', async () => {
    const { breaker } = new Fleet().join();
    expect(await breaker.information()).toEqual({
      state: 'closed',
      lastFailure: null,
      windows: [],
      generation: 0,
      revision: 0,
      openings: 0,
      consecutiveFailures: 0,
      consecutiveSuccesses: 0,
      total: 0,
      totalFailures: 0,
      totalSuccesses: 0,
      totalIgnored: 0,
      totalSlow: 0,
      window: null,
      trials: null,
      since: 0,
      expiresAfter: null,
      override: null,
    });
  });

  test('writes nothing at its start; its end stores the record from nothing, also since 0', async () => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    const permit = await breaker.start();
    expect(backend.verbs).toEqual(['retrieve']);
    await permit.fail();
    expect(backend.of('store')).toMatchObject([{ revision: null, next: { state: 'closed', since: 0, generation: 0 } }]);
    expect(fleet.changes).toEqual([]);
  });

  test('of two workers at once: one creates the record, the other applies to the winner’s, and both are counted', async () => {
    const fleet = new Fleet();
    const workers = [fleet.join(), fleet.join(), fleet.join()];
    const holdings = workers.map(({ backend }) => {
      const holding = new Holding('store');
      backend.conduct = holding.conduct;
      return holding;
    });
    const calls = workers.map(({ breaker }) => fail(breaker));
    await fleet.turn();
    for (const holding of holdings) holding.letAllGo();
    await Promise.all(calls);
    expect(workers.map(({ backend }) => backend.verbs.slice(1))).toEqual([
      ['store'],
      ['store', 'apply'],
      ['store', 'apply'],
    ]);
    expect((await fleet.record())?.counters['total.failures']).toBe(3);
  });

  test('that trips at once creates the record, then opens it', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker, backend } = fleet.join();
    await fail(breaker);
    expect(backend.verbs).toEqual(['retrieve', 'store', 'store']);
    expect(await fleet.record()).toMatchObject({ state: 'open', generation: 1, openings: 1, since: t0 });
  });

  test('revisions grow, and are not repeated after the record was deleted', async () => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    const revisions: number[] = [];
    for (let time = 0; time < 3; time += 1) {
      await succeed(breaker);
      revisions.push((await fleet.record())?.revision ?? 0);
      await fleet.memory.delete('c');
      fleet.clock.step(1);
    }
    expect(revisions[0]).toBeGreaterThanOrEqual(t0 * 1_024);
    expect([...revisions].sort((a, b) => a - b)).toEqual(revisions);
    expect(new Set(revisions).size).toBe(3);
    expect(new Set(backend.of('store').map(({ next }) => next?.by)).size).toBe(3);
  });
});
