import { describe, expect, test } from '@jest/globals';
import { failureRate } from '@circuitry/core';
import { failing, once } from '../breaker/support/failing-backend.js';
import { fail, Fleet, isAdmitted, refusal, rejection, succeed, type Worker } from '../breaker/support/fleet.js';

/** From now on every store of this worker's fails: it dies between the apply and the transition. */
function diesBeforeStore(worker: Worker): void {
  worker.backend.conduct = failing('unreachable', 'store');
}

describe('A worker that dies between the apply and the store of a trip', () => {
  test('leaves a trip that the next start finishes, before it admits anybody', async () => {
    const fleet = new Fleet({ failureCountThreshold: 3 });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    diesBeforeStore(one);
    await fail(one.breaker, 2);
    expect((await fleet.record())?.state).toBe('closed');
    two.backend.forget();
    expect((await refusal(two.breaker)).code).toBe('ERR_CIRCUIT_OPEN');
    expect(two.backend.verbs).toEqual(['retrieve', 'store']);
    expect(fleet.changes).toEqual(['closed>open']);
    expect(fleet.announced[0]?.information.consecutiveFailures).toBe(3);
  });

  test('leaves a trip that state() and information() show, and don’t write', async () => {
    const fleet = new Fleet({ failureCountThreshold: 2 });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    diesBeforeStore(one);
    await fail(one.breaker);
    expect(await two.breaker.state()).toBe('open');
    expect((await two.breaker.information()).openings).toBe(1);
    expect(two.backend.verbs).toEqual(['retrieve', 'retrieve']);
    expect(fleet.changes).toEqual([]);
  });

  test('leaves a rate that is asked as at the newest outcome, although a part of its window has aged since', async () => {
    const trip = failureRate({ threshold: 0.5, minimumCalls: 4, window: '10s', buckets: 10 });
    const fleet = new Fleet({ trip });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker, 2);
    await fleet.clock.advance('9s');
    await succeed(one.breaker);
    diesBeforeStore(one);
    await succeed(one.breaker);
    // The two failures have left the window of this moment, but not that of the newest outcome.
    fleet.clock.step(2_000);
    expect((await refusal(two.breaker)).code).toBe('ERR_CIRCUIT_OPEN');
  });

  test('leaves nothing to finish once the newest outcome has left the window', async () => {
    const trip = failureRate({ threshold: 0.5, minimumCalls: 2, window: '10s', buckets: 10 });
    const fleet = new Fleet({ trip });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    diesBeforeStore(one);
    await fail(one.breaker);
    fleet.clock.step(9_999);
    expect(await two.breaker.state()).toBe('open');
    fleet.clock.step(1);
    expect(await two.breaker.state()).toBe('closed');
    expect(await isAdmitted(two.breaker)).toBe(true);
  });

  test('is told no error: its outcome is in the store', async () => {
    const fleet = new Fleet({ failureCountThreshold: 2, onStorageFailure: 'throw' });
    const one = fleet.join();
    await fail(one.breaker);
    diesBeforeStore(one);
    expect(await one.breaker.settle(() => Promise.reject(new Error('x')))).not.toHaveProperty('circuitError');
    expect((await fleet.counters())['total.failures']).toBe(2);
  });
});

describe('A half-open round that is decided but not stored', () => {
  test.each([
    ['successes close', 'succeed', 'closed'],
    ['failure reopens', 'fail', 'open'],
  ] as const)('whose %s is finished by whoever reads it', async (_which, end, state) => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    fleet.clock.step(1_000);
    const trial = await one.breaker.start();
    diesBeforeStore(one);
    await trial[end]();
    expect((await fleet.record())?.state).toBe('half-open');
    two.backend.forget();
    expect(await two.breaker.state()).toBe(state);
    expect(two.backend.verbs).toEqual(['retrieve']);
    expect(await isAdmitted(two.breaker)).toBe(state === 'closed');
    expect((await fleet.record())?.state).toBe(state);
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open', `half-open>${state}`]);
  });

  test('is asked before the round’s time is over: a decided round is no further one', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', trialLease: '10s' });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    fleet.clock.step(1_000);
    const trial = await one.breaker.start();
    diesBeforeStore(one);
    await trial.succeed();
    fleet.clock.step(3_600_000);
    expect(await two.breaker.state()).toBe('closed');
    await succeed(two.breaker);
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open', 'half-open>closed']);
  });
});

describe('A start stores a transition that is due, and nothing else', () => {
  test('of many starts at once in many workers exactly one stores the round', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', closeThreshold: 5 });
    const workers = [fleet.join(), fleet.join(), fleet.join()];
    await fail((workers[0] as Worker).breaker);
    fleet.clock.step(1_000);
    const starts = await Promise.allSettled(
      workers.flatMap(({ breaker }) => Array.from({ length: 4 }, () => breaker.start())),
    );
    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    const stores = workers
      .flatMap(({ backend }) => backend.of('store'))
      .filter(({ answer }) => (answer as { applied: boolean }).applied);
    expect(stores).toHaveLength(3);
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open']);
  });

  test('a loser adopts the winner’s record: it takes a ticket of that round', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', closeThreshold: 2 });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    fleet.clock.step(1_000);
    two.backend.forget();
    two.backend.conduct = once('store', async (_call, make) => {
      await one.breaker.start();
      return make();
    });
    const permit = await two.breaker.start();
    expect(two.backend.verbs).toEqual(['retrieve', 'store', 'apply']);
    expect(permit.isTrial).toBe(true);
    expect((await fleet.counters())['trials.started']).toBe(2);
  });

  test('a loser whose winner took the last ticket is refused', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    fleet.clock.step(1_000);
    two.backend.conduct = once('store', async (_call, make) => {
      await one.breaker.start();
      return make();
    });
    expect(await rejection(two.breaker.start())).toMatchObject({ code: 'ERR_TOO_MANY_TRIALS' });
  });

  test('order on a read: an override hides a due round, and its lapse comes before everything', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const { breaker } = fleet.join();
    await fail(breaker);
    await breaker.forceOpen({ for: '10s' });
    fleet.clock.step(5_000);
    expect(await breaker.state()).toBe('open');
    fleet.clock.step(5_000);
    expect(await breaker.information()).toMatchObject({ state: 'closed', trials: null });
  });
});
