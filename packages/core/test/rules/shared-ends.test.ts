import { describe, expect, test } from '@jest/globals';
import { consecutiveFailures, type Permit } from '@circuitry/core';
import { Holding } from '../breaker/support/failing-backend.js';
import { fail, Fleet, succeed, type Worker } from '../breaker/support/fleet.js';

async function permits({ breaker }: Worker, count: number): Promise<Permit[]> {
  return Promise.all(Array.from({ length: count }, () => breaker.start()));
}

describe('Concurrent ends share an apply', () => {
  test('1,000 ends at once cost one write', async () => {
    const worker = new Fleet().join();
    await succeed(worker.breaker);
    const all = await permits(worker, 1_000);
    worker.backend.forget();
    await Promise.all(all.map((permit) => permit.succeed()));
    expect(worker.backend.verbs).toEqual(['apply']);
    expect((await worker.breaker.information()).totalSuccesses).toBe(1_001);
  });

  test('the first 1,000 ends of a circuit cost one store', async () => {
    const worker = new Fleet().join();
    const all = await permits(worker, 1_000);
    worker.backend.forget();
    await Promise.all(all.map((permit) => permit.succeed()));
    expect(worker.backend.verbs).toEqual(['store']);
    expect((await worker.breaker.information()).totalSuccesses).toBe(1_000);
  });

  test('an end resolves only once its outcome is stored', async () => {
    const fleet = new Fleet();
    const worker = fleet.join();
    const all = await permits(worker, 3);
    const holding = new Holding('store', 'apply');
    worker.backend.conduct = holding.conduct;
    const ended: number[] = [];
    const end = (index: number): void => void all[index]?.succeed().then(() => ended.push(index));
    end(0);
    await fleet.turn();
    end(1);
    end(2);
    await fleet.turn();
    expect(ended).toEqual([]);
    holding.letGo();
    await fleet.turn();
    expect(ended).toEqual([0]);
    holding.letGo();
    await fleet.turn();
    expect(ended).toEqual([0, 1, 2]);
  });

  test('a batch keeps the order of arrival: a success before the failures does not reset them', async () => {
    const worker = new Fleet().join();
    await succeed(worker.breaker);
    const all = await permits(worker, 5);
    await Promise.all(
      ['succeed', 'succeed', 'fail', 'fail', 'fail'].map((end, index) => (all[index] as Permit)[end as 'fail']()),
    );
    expect((await worker.breaker.information()).consecutiveFailures).toBe(3);
  });

  test('a batch F F F F F S is cut before the success, or it would hide the trip', async () => {
    const fleet = new Fleet({ failureCountThreshold: 5 });
    const worker = fleet.join();
    await succeed(worker.breaker);
    const [first, ...rest] = (await permits(worker, 7)) as [Permit, ...Permit[]];
    const holding = new Holding('apply');
    worker.backend.conduct = holding.conduct;
    // The first is on the wire while the batch gathers.
    const ends = [first.succeed()];
    await fleet.turn();
    for (const permit of rest.slice(0, 5)) ends.push(permit.fail());
    ends.push((rest[5] as Permit).succeed());
    worker.backend.conduct = (_call, make) => make();
    holding.letGo();
    await Promise.all(ends);
    expect(fleet.changes).toEqual(['closed>open']);
    expect(fleet.announced[0]?.information.consecutiveFailures).toBe(5);
    expect(worker.events.of('lateOutcome')).toHaveLength(1);
  });

  test('the failures last seen count towards the cut: 2 in the store, then F F F S', async () => {
    const fleet = new Fleet({ trip: consecutiveFailures(5) });
    const worker = fleet.join();
    await fail(worker.breaker, 2);
    const [first, ...rest] = (await permits(worker, 5)) as [Permit, ...Permit[]];
    const ends = [first.ignore()];
    for (const permit of rest.slice(0, 3)) ends.push(permit.fail());
    ends.push((rest[3] as Permit).succeed());
    await Promise.all(ends);
    expect(fleet.changes).toEqual(['closed>open']);
  });

  test('a batch of trials is cut where the round is decided', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', closeThreshold: 3 });
    const worker = fleet.join();
    await fail(worker.breaker);
    fleet.clock.step(1_000);
    const trials = await permits(worker, 3);
    await Promise.all([trials[0]?.succeed(), trials[1]?.fail(), trials[2]?.succeed()]);
    expect(await worker.breaker.information()).toMatchObject({ state: 'open', openings: 2 });
  });

  test('ends with different fences share no apply', async () => {
    const fleet = new Fleet({ failureCountThreshold: 2, allowAfter: '1s', closeThreshold: 2 });
    const worker = fleet.join();
    const old = await permits(worker, 3);
    await fail(worker.breaker, 2);
    fleet.clock.step(1_000);
    const trial = await worker.breaker.start();
    worker.backend.forget();
    await Promise.all([old[0]?.fail(), trial.succeed(), old[1]?.fail(), old[2]?.fail()]);
    // Each of the three runs of ends is asked for itself; the late ones change nothing.
    expect(worker.backend.verbs).toEqual(['store', 'apply', 'store']);
    expect(await worker.breaker.information()).toMatchObject({
      state: 'half-open',
      totalSuccesses: 1,
      totalFailures: 0,
    });
    expect(worker.events.of('lateOutcome')).toHaveLength(3);
  });

  test('workers that report at once lose no count', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1_000_000 });
    const workers = Array.from({ length: 5 }, () => fleet.join());
    await Promise.all(
      workers.flatMap(({ breaker }) =>
        Array.from({ length: 50 }, (_, call) => (call % 2 === 0 ? fail(breaker) : succeed(breaker))),
      ),
    );
    expect(await workers[0]?.breaker.information()).toMatchObject({ totalFailures: 125, totalSuccesses: 125 });
  });
});
