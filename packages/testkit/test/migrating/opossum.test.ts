import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CircuitBreakerFactory, failureRate, MemoryBackend } from '@circuitry/core';
import Opossum9 from 'opossum';
import Opossum10 from 'opossum-10';
import { breakerOf, down, opensAfter, oursOpensAfter, workOf, type Outcome } from './peers.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Whether each row of docs/migrating.md that can be run is true of opossum itself. */
describe.each([
  ['9', Opossum9],
  ['10', Opossum10],
])('opossum %s', (_, Opossum) => {
  const made: { shutdown(): void }[] = [];
  const make = (options: object): Opossum9<[Outcome], string> => {
    const breaker = new Opossum<[Outcome], string>((outcome) => workOf(outcome)(), options);
    made.push(breaker);
    return breaker;
  };
  afterEach(() => {
    for (const breaker of made.splice(0)) breaker.shutdown();
  });
  const theirs = (outcomes: string, options: object): Promise<number | null> => {
    const breaker = make(options);
    return opensAfter(
      outcomes,
      (outcome) => breaker.fire(outcome),
      () => breaker.opened,
    );
  };

  test('opens above its percentage, ours at its rate', async () => {
    expect(await theirs('SFSF', { errorThresholdPercentage: 50, volumeThreshold: 2 })).toBe(null);
    expect(await theirs('SFF', { errorThresholdPercentage: 50, volumeThreshold: 2 })).toBe(3);
    const trip = failureRate({ threshold: 0.5, minimumCalls: 2, window: '10s' });
    expect(await oursOpensAfter('SFSF', { trip })).toBe(2);
    const above = failureRate({ threshold: 0.51, minimumCalls: 2, window: '10s' });
    expect(await oursOpensAfter('SFSF', { trip: above })).toBe(null);
    expect(await oursOpensAfter('SFF', { trip: above })).toBe(3);
  });

  test('opens at the first failure by default, for its volumeThreshold is 0; minimumCalls: 1 does the same', async () => {
    expect(await theirs('F', {})).toBe(1);
    expect(await oursOpensAfter('F', { trip: failureRate({ threshold: 0.5, window: '10s' }) })).toBe(null);
    expect(await oursOpensAfter('F', { trip: failureRate({ threshold: 0.5, window: '10s', minimumCalls: 1 }) })).toBe(
      1,
    );
  });

  test('asks from the call on that reaches volumeThreshold, as minimumCalls does', async () => {
    expect(await theirs('FFFFFFFFFFF', { volumeThreshold: 10 })).toBe(10);
    const trip = failureRate({ threshold: 0.5, minimumCalls: 10, window: '10s' });
    expect(await oursOpensAfter('FFFFFFFFFFF', { trip })).toBe(10);
  });

  test('is half-open after resetTimeout, 30 s by default, by a timer of its own; ours when it is looked at', async () => {
    const breaker = make({});
    await breaker.fire('F').catch(() => 'down');
    jest.advanceTimersByTime(29_999);
    expect(breaker.halfOpen).toBe(false);
    jest.advanceTimersByTime(1);
    expect(breaker.halfOpen).toBe(true);
    const ours = breakerOf({ failureCountThreshold: 1, allowAfter: '30s' });
    await ours.settle(workOf('F'));
    jest.advanceTimersByTime(29_999);
    expect(await ours.state()).toBe('open');
    jest.advanceTimersByTime(1);
    expect(await ours.state()).toBe('half-open');
    expect(await breakerOf({ failureCountThreshold: 1 }).execute(workOf('S'))).toBe('sent');
  });

  test('refuses with the code EOPENBREAKER, ours with ERR_CIRCUIT_OPEN', async () => {
    const breaker = make({});
    await breaker.fire('F').catch(() => 'down');
    await expect(breaker.fire('S')).rejects.toMatchObject({ code: 'EOPENBREAKER' });
    const ours = breakerOf({ failureCountThreshold: 1 });
    await ours.settle(workOf('F'));
    await expect(ours.execute(workOf('S'))).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
  });

  test('gives up after 10 s by default with ETIMEDOUT; ours after workTimeout alone, with ERR_WORK_TIMEOUT', async () => {
    const never = (): Promise<never> => new Promise(() => {});
    const breaker = new Opossum(never);
    made.push(breaker);
    const theirTime = breaker.fire();
    jest.advanceTimersByTime(10_000);
    await expect(theirTime).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    const ourTime = breakerOf({ workTimeout: '10s' }).execute(never);
    ourTime.catch(() => 'told below');
    await jest.advanceTimersByTimeAsync(10_000);
    await expect(ourTime).rejects.toMatchObject({ code: 'ERR_WORK_TIMEOUT' });
  });

  test('counts a filtered error as a success, as errorMatcher’s "success" does', async () => {
    expect(await theirs('FFFF', { errorFilter: () => true })).toBe(null);
    expect(await oursOpensAfter('FFFF', { failureCountThreshold: 1, errorMatcher: () => 'success' })).toBe(null);
  });

  test('has its fallback answer for failures too, ours for refusals alone', async () => {
    const breaker = make({});
    breaker.fallback(() => 'fallback');
    expect(await breaker.fire('F')).toBe('fallback');
    const ours = breakerOf({ failureCountThreshold: 1 });
    const options = { fallback: () => 'fallback' };
    await expect(ours.execute(workOf('F'), options)).rejects.toBe(down);
    expect(await ours.execute(workOf('S'), options)).toBe('fallback');
  });

  test('lets one call try when it is half-open, as closeThreshold: 1 does, and reopens when it fails', async () => {
    const breaker = make({});
    await breaker.fire('F').catch(() => 'down');
    jest.advanceTimersByTime(30_000);
    const trial = breaker.fire('F').catch(() => 'down');
    await expect(breaker.fire('S')).rejects.toMatchObject({ code: 'EOPENBREAKER' });
    await trial;
    expect(breaker.opened).toBe(true);
    const ours = breakerOf({ failureCountThreshold: 1, allowAfter: '30s' });
    await ours.settle(workOf('F'));
    jest.advanceTimersByTime(30_000);
    const permit = await ours.start();
    await expect(ours.execute(workOf('S'))).rejects.toMatchObject({ code: 'ERR_TOO_MANY_TRIALS' });
    await permit.fail(down);
    expect(await ours.state()).toBe('open');
  });

  test('goes half-open after open(), as ours does after trip(), and is closed by close(), ours by reset()', async () => {
    const breaker = make({ resetTimeout: 30_000 });
    const ours = breakerOf({ allowAfter: '30s' });
    breaker.open();
    await ours.trip();
    await expect(breaker.fire('S')).rejects.toMatchObject({ code: 'EOPENBREAKER' });
    await expect(ours.execute(workOf('S'))).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
    jest.advanceTimersByTime(30_000);
    expect([breaker.halfOpen, await ours.state()]).toEqual([true, 'half-open']);
    breaker.open();
    await ours.trip();
    breaker.close();
    await ours.reset();
    expect([await breaker.fire('S'), await ours.execute(workOf('S'))]).toEqual(['sent', 'sent']);
  });

  test('runs everything while it is disabled, as ours does in mode off; its rate is of those calls too, ours is not', async () => {
    const breaker = make({});
    breaker.disable();
    const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), failureCountThreshold: 1 });
    const ours = factory.breakerFor('mail');
    factory.setMode('off');
    for (let call = 0; call < 3; call += 1) {
      await breaker.fire('F').catch(() => 'down');
      await ours.settle(workOf('F'));
    }
    expect([breaker.opened, await ours.state()]).toEqual([false, 'closed']);
    breaker.enable();
    factory.setMode('enforce');
    await breaker.fire('F').catch(() => 'down');
    await ours.settle(workOf('F'));
    expect([breaker.opened, await ours.state()]).toEqual([false, 'open']);
    expect(breaker.stats).toMatchObject({ fires: 4, failures: 1 });
  });

  test('has refused calls among those that its rate is of, ours has not', async () => {
    const breaker = make({});
    const ours = breakerOf({ trip: failureRate({ threshold: 0.5, window: '10s', minimumCalls: 1 }) });
    await breaker.fire('F').catch(() => 'down');
    await ours.settle(workOf('F'));
    for (let call = 0; call < 3; call += 1) {
      await breaker.fire('S').catch(() => 'refused');
      await ours.settle(workOf('S'));
    }
    expect(breaker.stats).toMatchObject({ fires: 4, failures: 1, rejects: 3 });
    expect((await ours.information()).total).toBe(0);
  });
});
