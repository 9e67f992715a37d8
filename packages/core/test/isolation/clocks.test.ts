import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '@circuitry/core/testing';
import { fail, Fleet, isAdmitted, t0 } from '../breaker/support/fleet.js';

const hour = 3_600_000;

/** A fleet whose store's clock may step, while its workers' own go on. */
function stepping(options: ConstructorParameters<typeof Fleet>[0]): {
  fleet: Fleet;
  store: VirtualClock;
  pass: (ms: number) => Promise<void>;
} {
  const store = new VirtualClock(t0);
  const fleet = new Fleet(options, store);
  return {
    fleet,
    store,
    pass: async (ms) => {
      store.step(ms);
      await fleet.clock.advance(ms);
    },
  };
}

describe('After the store’s clock was an hour ahead and stepped back', () => {
  test('a circuit that opened meanwhile is tried after its pause, not after the step', async () => {
    const { fleet, store, pass } = stepping({ failureCountThreshold: 1, allowAfter: '2s' });
    const [one, two] = [fleet.join(), fleet.join()];
    store.step(hour);
    await fail(one.breaker);
    store.step(-hour);
    await pass(2_000);
    expect((await Promise.all([isAdmitted(one.breaker), isAdmitted(two.breaker)])).filter(Boolean)).not.toHaveLength(0);
  });

  test('a round whose worker died is over after its lease', async () => {
    const { fleet, store, pass } = stepping({ failureCountThreshold: 1, allowAfter: '2s', trialLease: '3s' });
    const dead = fleet.join({ clock: new VirtualClock(t0) });
    await fail(dead.breaker);
    await pass(2_000);
    store.step(hour);
    await dead.breaker.start();
    store.step(-hour);
    const other = fleet.join();
    await other.breaker.settle(() => 1);
    await pass(3_500);
    expect(await isAdmitted(other.breaker)).toBe(true);
  });

  test('an override for a while, made a little before, ends in that while', async () => {
    const { fleet, store, pass } = stepping({});
    const { breaker } = fleet.join();
    store.step(hour);
    await breaker.forceOpen({ for: '1s' });
    store.step(-hour);
    await breaker.settle(() => 1);
    await pass(1_500);
    expect(await isAdmitted(breaker)).toBe(true);
  });
});

test.each(['10s', '1h'] as const)(
  'An operator’s word for two hours is not lost where the store’s clock was %s ahead: it holds for its length from then on',
  async (ahead) => {
    const step = ahead === '1h' ? hour : 10_000;
    const { fleet, store, pass } = stepping({});
    const [one, two] = [fleet.join(), fleet.join()];
    store.step(step);
    await one.breaker.forceOpen({ for: '2h', reason: 'maintenance' });
    store.step(-step);
    for (const { breaker } of [two, one]) {
      expect(await breaker.settle(() => 1)).toMatchObject({ code: 'ERR_FORCED_OPEN', retryAfter: 2 * hour });
      expect((await breaker.information()).override).toMatchObject({ reason: 'maintenance' });
    }
    await pass(2 * hour + step);
    expect(await isAdmitted(two.breaker)).toBe(true);
  },
);

test('A renewal by a worker whose offset is stale sets no deadline far ahead', async () => {
  const { fleet, store, pass } = stepping({ failureCountThreshold: 1, allowAfter: '2s', trialLease: '3s' });
  const { breaker } = fleet.join();
  await fail(breaker);
  await pass(2_000);
  store.step(hour);
  await breaker.start();
  store.step(-hour);
  await pass(1_500);
  const deadline = (await fleet.counters())['trials.deadline'] ?? 0;
  expect(deadline - store.now()).toBeLessThanOrEqual(3_000);
});

test('A worker with a shorter trialLease never shortens a living trial’s deadline', async () => {
  const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '10s', closeThreshold: 2 });
  const [old, fresh] = [fleet.join({ trialLease: '60s' }), fleet.join({ trialLease: '1s' })];
  await fail(old.breaker);
  await fleet.clock.advance('10s');
  const living = await old.breaker.start();
  const before = (await fleet.counters())['trials.deadline'] ?? 0;
  const returned = await fresh.breaker.start();
  await returned.ignore();
  const held = await fresh.breaker.start();
  await fleet.clock.advance('5s');
  expect((await fleet.counters())['trials.deadline']).toBeGreaterThanOrEqual(before);
  await held.succeed();
  await living.succeed();
  expect(old.events.of('lateOutcome')).toEqual([]);
  expect(await old.breaker.state()).toBe('closed');
});
