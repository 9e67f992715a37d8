import { describe, expect, test } from '@jest/globals';
import { fail, Fleet, succeed } from '../breaker/support/fleet.js';

describe('An outcome whose state or round is over has no effect, and says so in a lateOutcome event', () => {
  test('after a trip: a late failure of the closed state lengthens nothing', async () => {
    const fleet = new Fleet({ failureCountThreshold: 2, allowAfter: '10s' });
    const { breaker, events } = fleet.join();
    const slow = await breaker.start();
    await fail(breaker, 2);
    const before = await fleet.record();
    await slow.fail();
    expect(await fleet.record()).toEqual(before);
    expect(events.of('lateOutcome')).toMatchObject([
      { name: 'c', circuit: 'c', outcome: 'failure', information: { state: 'open' } },
    ]);
  });

  test('in a half-open round: a late success of the closed state closes nothing, a late failure reopens nothing', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '10s', closeThreshold: 2 });
    const { breaker, events } = fleet.join();
    const [late, later] = [await breaker.start(), await breaker.start()];
    await fail(breaker);
    fleet.clock.step(10_000);
    await succeed(breaker);
    await late.succeed();
    await later.fail();
    expect(await breaker.information()).toMatchObject({
      state: 'half-open',
      consecutiveSuccesses: 1,
      totalFailures: 0,
    });
    expect(events.of('lateOutcome').map(({ outcome }) => outcome)).toEqual(['success', 'failure']);
  });

  test('after a close: a late trial neither trips nor counts', async () => {
    const fleet = new Fleet({
      failureCountThreshold: 1,
      allowAfter: '10s',
      closeThreshold: { trials: 2, successRate: 0.5 },
    });
    const { breaker, events } = fleet.join();
    await fail(breaker);
    fleet.clock.step(10_000);
    const late = await breaker.start();
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
    await late.fail();
    expect(await breaker.information()).toMatchObject({ state: 'closed', total: 0 });
    expect(events.of('lateOutcome')).toHaveLength(1);
  });

  test('after a reopening: a late trial of the old round counts in no later round', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '10s', closeThreshold: 2 });
    const { breaker, events } = fleet.join();
    await fail(breaker);
    fleet.clock.step(10_000);
    const late = await breaker.start();
    await fail(breaker);
    fleet.clock.step(10_000);
    await succeed(breaker);
    await late.succeed();
    expect(await breaker.state()).toBe('half-open');
    expect(events.of('lateOutcome')).toHaveLength(1);
  });

  test('after a round that was given up: its trial does not close the next round', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '10s', trialLease: '10s' });
    const { breaker } = fleet.join();
    const other = fleet.join();
    await fail(breaker);
    fleet.clock.step(10_000);
    const late = await breaker.start();
    fleet.clock.step(10_000);
    const present = await other.breaker.start();
    await late.succeed();
    expect(await breaker.state()).toBe('half-open');
    await present.succeed();
    expect(await breaker.state()).toBe('closed');
  });

  test.each(['forceOpen', 'forceClosed', 'reset'] as const)(
    'after %s: what began before it counts for nothing',
    async (control) => {
      const fleet = new Fleet({ failureCountThreshold: 3 });
      const { breaker, events } = fleet.join();
      const permit = await breaker.start();
      await breaker[control]();
      const before = await fleet.record();
      await permit.fail();
      expect(await fleet.record()).toEqual(before);
      expect(events.of('lateOutcome')).toHaveLength(1);
    },
  );

  test('an ignored late outcome gives no ticket of a later round back', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '10s', closeThreshold: 2 });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(10_000);
    const late = await breaker.start();
    await fail(breaker);
    fleet.clock.step(10_000);
    await breaker.start();
    await late.ignore();
    expect((await breaker.information()).trials).toEqual({ started: 1, limit: 2 });
  });
});

describe('An outcome of a call that began before a cyclic clear', () => {
  test('counts after it: a long job’s failure is news', async () => {
    const fleet = new Fleet({ failureCountThreshold: 2, cyclicClearAfter: '1h' });
    const { breaker, events } = fleet.join();
    await succeed(breaker);
    const long = await breaker.start();
    fleet.clock.step(3_600_000);
    await fail(breaker);
    expect(await breaker.information()).toMatchObject({ generation: 1, total: 1 });
    await long.fail();
    expect(await breaker.state()).toBe('open');
    expect(events.of('lateOutcome')).toEqual([]);
  });
});
