import { describe, expect, test } from '@jest/globals';
import type { FactoryOptions } from '@circuitry/core';
import { fail, Fleet, type Worker } from '../breaker/support/fleet.js';
import { bounded, joinUnpushed, maxStaleness, slowly } from './support/bounded.js';

/**
 * The bound: from `maxStaleness` after the store took the trip nobody is let through by a view any more. So a process
 * lets at most `maxStaleness` times its rate of calls through, and one that reads from half of it usually half of that.
 */
describe('After a trip elsewhere', () => {
  const options: Partial<FactoryOptions> = { ...bounded, failureCountThreshold: 1, allowAfter: '1h' };
  /** Calls per ms and worker. */
  const rate = 2;

  /** How long after the trip, ms, each call that was still let through began. */
  async function overshoot(join: (fleet: Fleet) => Worker, latency: number, tripAt: number): Promise<number[]> {
    const fleet = new Fleet(options);
    const workers = Array.from({ length: 3 }, () => join(fleet));
    const tripping = joinUnpushed(fleet);
    if (latency > 0) for (const worker of workers) worker.backend.conduct = slowly(fleet, latency);
    const late: number[] = [];
    let trippedAt = Infinity;
    for (let ms = 0; ms < tripAt + 2 * maxStaleness; ms += 1) {
      if (ms === tripAt) {
        await fail(tripping.breaker);
        trippedAt = fleet.clock.now();
      }
      for (const { breaker } of workers) {
        for (let call = 0; call < rate; call += 1) {
          const began = fleet.clock.now();
          const work = ({ decidedBy }: { decidedBy: string }): void => {
            if (decidedBy === 'view' && began >= trippedAt) late.push(began - trippedAt);
          };
          void breaker.settle(work);
        }
      }
      await fleet.clock.advance(1);
    }
    await Promise.all(workers.map(({ factory }) => factory.close()));
    return late;
  }

  test.each([
    [0, 500],
    [0, 613],
    [40, 500],
    [40, 577],
    [120, 620],
  ])(
    'no view lets a call through from maxStaleness on (store %s ms away, trip after %s ms)',
    async (latency, tripAt) => {
      const late = await overshoot(joinUnpushed, latency, tripAt);
      expect(late.length).toBeGreaterThan(0);
      expect(late.length).toBeLessThanOrEqual(3 * rate * maxStaleness);
      for (const delay of late) expect(delay).toBeLessThan(maxStaleness);
    },
  );

  test('a push leaves nearly nothing of it', async () => {
    expect(await overshoot((fleet) => fleet.join(), 0, 577)).toEqual([]);
  });
});
