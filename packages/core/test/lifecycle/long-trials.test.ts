import { describe, expect, test } from '@jest/globals';
import type { FactoryOptions, Permit } from '@circuitry/core';
import { fail, Fleet, refusal, t0, type Worker } from '../breaker/support/fleet.js';

const once: Partial<FactoryOptions> = { failureCountThreshold: 1 };

/** A worker whose trial has run for 22 minutes: two more than `longestTrial`. */
async function overdue(
  options: Partial<FactoryOptions> = {},
): Promise<{ fleet: Fleet; worker: Worker; trial: Permit }> {
  const fleet = new Fleet({ ...once, ...options });
  const worker = fleet.join();
  await fail(worker.breaker);
  await fleet.clock.advance('60s');
  const trial = await worker.breaker.start();
  await fleet.clock.advance('22m');
  return { fleet, worker, trial };
}

describe('A trial that was given up', () => {
  test.each([15, 22, 30, 90])("of a job of %d minutes closes a healthy dependency's circuit", async (minutes) => {
    const fleet = new Fleet(once);
    const { breaker } = fleet.join();
    await fail(breaker);
    let closedAt: number | null = null;
    for (let minute = 0; minute < 4 * minutes && closedAt === null; minute += 1) {
      void breaker.settle(() => new Promise<void>((resolve) => fleet.clock.after(minutes * 60_000, resolve)));
      await fleet.clock.advance('1m');
      if ((await fleet.record())?.state === 'closed') closedAt = fleet.clock.now();
    }
    // A minute open, and the first trial's length.
    expect(((closedAt ?? Infinity) - t0) / 60_000).toBeLessThanOrEqual(minutes + 3);
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open', 'half-open>closed']);
  });

  test('is told, with how long it has run, once', async () => {
    const told: { name: string; duration: number }[] = [];
    const fleet = new Fleet(once);
    const { breaker, factory } = fleet.join();
    factory.on('trialGivenUp', ({ name, duration }) => told.push({ name, duration }));
    await fail(breaker);
    await fleet.clock.advance('60s');
    const trial = await breaker.start();
    await fleet.clock.advance('19m');
    expect(told).toEqual([]);
    await fleet.clock.advance('41m');
    expect(told).toEqual([{ name: 'c', duration: 1_200_000 }]);
    await trial.succeed();
    expect(told).toHaveLength(1);
  });

  test('gives its ticket back: another may try, and no more than one', async () => {
    const { fleet, trial } = await overdue();
    const other = fleet.join();
    expect((await other.breaker.information()).trials).toEqual({ started: 0, limit: 1 });
    const second = await other.breaker.start();
    expect(second.isTrial).toBe(true);
    expect(await refusal(other.breaker)).toMatchObject({ code: 'ERR_TOO_MANY_TRIALS' });
    await trial.succeed();
    await second.succeed();
  });

  test('succeeds, and the circuit closes, also while another trial runs', async () => {
    const { fleet, worker, trial } = await overdue();
    const second = await fleet.join().breaker.start();
    await trial.succeed();
    expect(await worker.breaker.state()).toBe('closed');
    expect(worker.events.of('lateOutcome')).toEqual([]);
    // That other one is late now: one incident, one close.
    await second.fail(new Error('too late'));
    expect(await worker.breaker.state()).toBe('closed');
  });

  test('fails, and the circuit reopens', async () => {
    const { fleet, worker, trial } = await overdue();
    await fleet.join().breaker.start();
    await trial.fail(new RangeError('after all'));
    expect(await worker.breaker.information()).toMatchObject({ state: 'open', openings: 2, lastFailure: 'RangeError' });
  });

  test('fills the sample of a round that asks for several', async () => {
    const { fleet, worker, trial } = await overdue({ closeThreshold: 2 });
    await trial.succeed();
    expect(await worker.breaker.state()).toBe('half-open');
    await (await fleet.join().breaker.start()).succeed();
    expect(await worker.breaker.state()).toBe('closed');
  });

  test('decides no more once the circuit closed meanwhile', async () => {
    const { fleet, worker, trial } = await overdue();
    await (await fleet.join().breaker.start()).succeed();
    await trial.fail(new Error('of an incident that is over'));
    expect(await worker.breaker.state()).toBe('closed');
    expect(worker.events.of('lateOutcome')).toHaveLength(1);
  });

  test('decides no more once the circuit reopened meanwhile', async () => {
    const { fleet, worker, trial } = await overdue();
    await (await fleet.join().breaker.start()).fail(new Error('still down'));
    await trial.succeed();
    expect(await worker.breaker.state()).toBe('open');
    expect(worker.events.of('lateOutcome')).toHaveLength(1);
    // Nor in the round that follows.
    await fleet.clock.advance('60s');
    expect(await worker.breaker.state()).toBe('half-open');
  });

  test('decides no more once an operator stepped in', async () => {
    const { worker, trial } = await overdue();
    await worker.breaker.forceOpen({ reason: 'maintenance' });
    await trial.succeed();
    expect((await worker.breaker.information()).override).toMatchObject({ state: 'open' });
    expect(worker.events.of('lateOutcome')).toHaveLength(1);
  });

  test('is ignored without giving a second ticket back', async () => {
    const { fleet, worker, trial } = await overdue();
    const second = await fleet.join().breaker.start();
    await trial.ignore();
    expect((await worker.breaker.information()).trials).toEqual({ started: 1, limit: 1 });
    await second.succeed();
    expect(await worker.breaker.state()).toBe('closed');
  });

  test('that was never used gives no second ticket back either', async () => {
    const { fleet, worker, trial } = await overdue();
    await fleet.join().breaker.start();
    await trial[Symbol.asyncDispose]();
    expect((await worker.breaker.information()).trials).toEqual({ started: 1, limit: 1 });
  });

  test('by a setting of its own is given up earlier', async () => {
    const { worker } = await overdue({ trialLease: '10s', longestTrial: '30s' });
    expect((await worker.breaker.information()).trials).toEqual({ started: 0, limit: 1 });
  });
});
