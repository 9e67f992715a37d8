import { describe, expect, test } from '@jest/globals';
import type { FactoryOptions } from '@circuitry/core';
import { fail, Fleet, succeed, type Worker } from '../breaker/support/fleet.js';
import { joinUnpushed } from './support/bounded.js';

describe('A half-open circuit is exact from a stale view', () => {
  const closeThreshold = 3;
  const options: Partial<FactoryOptions> = {
    consistency: { maxStaleness: '1m' },
    failureCountThreshold: 1,
    allowAfter: '10s',
    closeThreshold,
  };

  /** Workers that all saw the circuit open, and whose pause is over; the store pushes nothing to them. */
  async function fleetOf(size: number): Promise<{ fleet: Fleet; workers: Worker[] }> {
    const fleet = new Fleet(options);
    const workers = Array.from({ length: size }, () => joinUnpushed(fleet));
    await fail((workers[0] as Worker).breaker);
    for (const { breaker } of workers) expect((await breaker.settle(() => 1)).status).toBe('refused');
    fleet.clock.step(10_000);
    for (const { backend } of workers) backend.forget();
    return { fleet, workers };
  }

  test('at most closeThreshold trials are let through in the whole fleet (F1)', async () => {
    const { workers } = await fleetOf(4);
    const starts = workers.flatMap(({ breaker }) => Array.from({ length: 5 }, () => breaker.start()));
    const results = await Promise.allSettled(starts);
    const admitted = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(admitted).toHaveLength(closeThreshold);
    expect(admitted.every(({ isTrial, decidedBy }) => isTrial && decidedBy === 'store')).toBe(true);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ERR_TOO_MANY_TRIALS' });
    }
  });

  test('a trial’s success never waits: the last of them closes the circuit', async () => {
    const { fleet, workers } = await fleetOf(3);
    for (const { breaker, backend } of workers) {
      await succeed(breaker);
      expect(backend.count('apply')).toBeGreaterThan(0);
    }
    expect(await fleet.record()).toMatchObject({ state: 'closed' });
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open', 'half-open>closed']);
  });

  test('a view of a round that others have decided takes no ticket of it', async () => {
    const { fleet, workers } = await fleetOf(2);
    const [one, two] = workers as [Worker, Worker];
    // Both know of the round; then one of them ends it.
    const trial = await two.breaker.start();
    await fail(one.breaker);
    await trial.succeed();
    expect(two.events.of('lateOutcome')).toHaveLength(1);
    expect((await two.breaker.settle(() => 1)).status).toBe('refused');
    expect(await fleet.record()).toMatchObject({ state: 'open', openings: 2 });
  });

  test('the refusals of a round cost no more than one read each', async () => {
    const { workers } = await fleetOf(1);
    const { breaker, backend } = workers[0] as Worker;
    for (let trial = 0; trial < closeThreshold; trial += 1) await breaker.start();
    backend.forget();
    for (let call = 0; call < 10; call += 1) expect((await breaker.settle(() => 1)).status).toBe('refused');
    expect(backend.count('apply') + backend.count('store')).toBe(0);
    expect(backend.count('retrieve')).toBeLessThanOrEqual(10);
  });
});
