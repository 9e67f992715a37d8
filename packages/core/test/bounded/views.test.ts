import { describe, expect, test } from '@jest/globals';
import type { WatchEvent } from '@circuitry/core';
import { Holding } from '../breaker/support/failing-backend.js';
import { fail, Fleet, isAdmitted, refusal, succeed } from '../breaker/support/fleet.js';
import { bounded, joinUnpushed, joinWarm, maxStaleness } from './support/bounded.js';

describe('A view', () => {
  test('that is missing is awaited: the first call of a circuit reads', async () => {
    const fleet = new Fleet({ ...bounded, failureCountThreshold: 1, allowAfter: '1h' });
    await fail(fleet.join().breaker);
    const { breaker, backend } = joinUnpushed(fleet);
    await refusal(breaker);
    expect(backend.verbs).toEqual(['retrieve']);
  });

  test('younger than half of maxStaleness decides without I/O', async () => {
    const fleet = new Fleet(bounded);
    const { breaker, backend } = await joinWarm(fleet);
    fleet.clock.step(maxStaleness / 2 - 1);
    const permit = await breaker.start();
    expect(permit.decidedBy).toBe('view');
    expect(backend.calls).toEqual([]);
  });

  test('from half of maxStaleness decides as well, and asks for a newer one behind the call, once at a time', async () => {
    const fleet = new Fleet(bounded);
    const { breaker, backend } = await joinWarm(fleet);
    const held = new Holding('retrieve');
    backend.conduct = held.conduct;
    fleet.clock.step(maxStaleness / 2);
    for (let call = 0; call < 20; call += 1) expect((await breaker.start()).decidedBy).toBe('view');
    expect(backend.verbs).toEqual(['retrieve']);
    held.letGo();
    await fleet.turn();
    fleet.clock.step(maxStaleness / 2 - 1);
    // The newer view is as old as its question.
    await breaker.start();
    expect(backend.verbs).toEqual(['retrieve']);
  });

  test('is as old as the question that it answers, not as the answer', async () => {
    const fleet = new Fleet(bounded);
    const { breaker, backend } = await joinWarm(fleet);
    const held = new Holding('retrieve');
    backend.conduct = held.conduct;
    fleet.clock.step(maxStaleness / 2);
    await breaker.start();
    fleet.clock.step(maxStaleness);
    held.letGo();
    await fleet.turn();
    const start = breaker.start();
    await fleet.turn();
    expect(held.size).toBe(1);
    held.letGo();
    expect((await start).decidedBy).toBe('store');
  });

  test('of exactly maxStaleness is too old: one read is awaited, shared by those who begin together', async () => {
    const fleet = new Fleet({ ...bounded, failureCountThreshold: 1, allowAfter: '1h' });
    const { breaker, backend } = await joinWarm(fleet);
    await fail(fleet.join().breaker);
    fleet.clock.step(maxStaleness - 1);
    expect(await isAdmitted(breaker)).toBe(true);
    fleet.clock.step(1);
    await fleet.turn();
    await refusal(breaker);
    fleet.clock.step(maxStaleness);
    backend.forget();
    await Promise.all(Array.from({ length: 20 }, () => refusal(breaker)));
    expect(backend.verbs.length).toBeLessThanOrEqual(2);
  });

  test('of unknown age, since the clock stepped back, decides nothing', async () => {
    const fleet = new Fleet({ ...bounded, failureCountThreshold: 1, allowAfter: '1h' }, null);
    const { breaker, backend } = await joinWarm(fleet);
    await fail(fleet.join().breaker);
    fleet.clock.step(-1);
    await refusal(breaker);
    expect(backend.verbs).toEqual(['retrieve']);
    fleet.clock.step(-3_000);
    await refusal(breaker);
    expect(backend.verbs).toEqual(['retrieve', 'retrieve']);
  });

  test('of an open circuit refuses without I/O until its pause is over', async () => {
    const fleet = new Fleet({ consistency: { maxStaleness: '1m' }, failureCountThreshold: 1, allowAfter: '10s' });
    const { breaker, backend } = await joinWarm(fleet);
    await fail(breaker);
    backend.forget();
    fleet.clock.step(9_999);
    expect((await refusal(breaker)).retryAfter).toBe(1);
    expect(backend.calls).toEqual([]);
    fleet.clock.step(1);
    expect((await breaker.start()).isTrial).toBe(true);
  });

  test('of a forced circuit decides until the override’s time is over', async () => {
    const fleet = new Fleet({ consistency: { maxStaleness: '1m' } });
    const { breaker, backend } = await joinWarm(fleet);
    await breaker.forceOpen({ for: '20s' });
    backend.forget();
    expect((await refusal(breaker)).code).toBe('ERR_FORCED_OPEN');
    fleet.clock.step(20_000);
    expect(await isAdmitted(breaker)).toBe(true);
    expect(backend.verbs).toEqual(['retrieve', 'store']);
  });

  test('that could not be renewed in the background still decides, and rejects nobody', async () => {
    const fleet = new Fleet(bounded);
    const { breaker, backend } = await joinWarm(fleet);
    backend.conduct = () => Promise.reject(new TypeError('client exploded'));
    fleet.clock.step(maxStaleness / 2);
    await succeed(breaker, 3);
    await fleet.turn();
    expect((await breaker.start()).decidedBy).toBe('view');
  });
});

describe('What the store pushes', () => {
  const options = { ...bounded, failureCountThreshold: 1, allowAfter: '1h' } as const;

  test('never makes a view younger: a push that was long on its way tells of what was then', async () => {
    const fleet = new Fleet(options);
    const worker = fleet.join();
    const kept: (() => void)[] = [];
    worker.backend.deliver = (listener, event) => kept.push(() => listener(event));
    await succeed(worker.breaker);
    await worker.factory.flush();
    const other = fleet.join();
    await other.breaker.reset();
    const reset = kept.at(-1);
    await fail(other.breaker);
    fleet.clock.step(maxStaleness - 1);
    reset?.();
    // The circuit has been open for all that time: past maxStaleness nobody may be let through.
    fleet.clock.step(1);
    await refusal(worker.breaker);
    await worker.factory.close();
  });

  test('does not mend a view that may have missed something', async () => {
    const fleet = new Fleet(options);
    const worker = fleet.join();
    const kept: WatchEvent[] = [];
    let push: (event: WatchEvent) => void = () => {};
    worker.backend.deliver = (listener, event) => {
      push = listener;
      kept.push(event);
    };
    await succeed(worker.breaker);
    await worker.factory.flush();
    const other = fleet.join();
    await other.breaker.reset();
    const reset = kept.at(-1) as WatchEvent;
    await fail(other.breaker);
    push({ type: 'missed' });
    push(reset);
    await fleet.turn();
    await refusal(worker.breaker);
    await worker.factory.close();
  });
});
