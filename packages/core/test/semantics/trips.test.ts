import { describe, expect, test } from '@jest/globals';
import { exponential } from '@circuitry/core';
import { down, fail, Fleet, refusal, rejection, succeed, t0 } from '../breaker/support/fleet.js';

describe('A trip', () => {
  test('clears the counts in the record and hands them to onStateChange as they were, the tripping outcome included', async () => {
    const fleet = new Fleet({ failureCountThreshold: 3 });
    const { breaker } = fleet.join();
    await succeed(breaker, 2);
    await fail(breaker, 3);
    expect(fleet.announced[0]?.information).toMatchObject({
      state: 'closed',
      consecutiveFailures: 3,
      totalFailures: 3,
      totalSuccesses: 2,
      total: 5,
    });
    expect(await breaker.information()).toMatchObject({
      consecutiveFailures: 0,
      total: 0,
      totalFailures: 0,
      openings: 1,
    });
    expect(await fleet.counters()).toEqual({});
  });

  test('gives the tripping call its work’s own error', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
    const error = await rejection(breaker.execute(() => Promise.reject(down)));
    expect(error).toBe(down);
  });

  test('asks allowAfter with 1 at the first opening, and with one more at each further one', async () => {
    const asked: number[] = [];
    const allowAfter = (openings: number): number => {
      asked.push(openings);
      return openings * 1_000;
    };
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(1_000);
    await fail(breaker);
    expect((await refusal(breaker)).retryAfter).toBe(2_000);
    fleet.clock.step(2_000);
    await fail(breaker);
    expect((await refusal(breaker)).retryAfter).toBe(3_000);
    expect([...new Set(asked)]).toEqual([1, 2, 3]);
  });

  test('begins to count openings from 1 again after the circuit has been closed for the calm period', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: exponential('1s', { factor: 10, max: '1h' }) });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(1_000);
    await fail(breaker);
    expect(await breaker.information()).toMatchObject({ openings: 2, expiresAfter: new Date(t0 + 11_000) });
    fleet.clock.step(10_000);
    await succeed(breaker);
    // 1 ms more: the close began after the round, within the same ms.
    fleet.clock.step(300_001);
    await fail(breaker);
    expect((await breaker.information()).openings).toBe(1);
    expect((await refusal(breaker)).retryAfter).toBe(1_000);
  });

  test('refused calls are never counted', async () => {
    const { breaker, factory } = new Fleet({ failureCountThreshold: 1 }).join();
    await fail(breaker);
    for (let call = 0; call < 10; call += 1) await refusal(breaker);
    expect(await breaker.information()).toMatchObject({ total: 0, totalFailures: 0, totalIgnored: 0 });
    await factory.close();
  });
});
