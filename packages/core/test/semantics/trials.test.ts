import { beforeEach, describe, expect, test } from '@jest/globals';
import { TooManyTrialsError } from '@circuitry/core';
import { fail, Fleet, refusal, succeed, type Breaker, type Worker } from '../breaker/support/fleet.js';

describe('Trials', () => {
  let fleet: Fleet;
  let one: Worker;
  let two: Worker;

  beforeEach(async () => {
    fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', closeThreshold: 3, trialLease: '10s' });
    one = fleet.join();
    two = fleet.join();
    await fail(one.breaker);
    fleet.clock.step(1_000);
  });

  test('are N per round in the whole fleet, not N at a time', async () => {
    await succeed(one.breaker);
    await succeed(two.breaker);
    const third = await one.breaker.start();
    expect(await refusal(two.breaker)).toBeInstanceOf(TooManyTrialsError);
    await third.succeed();
    expect(await two.breaker.state()).toBe('closed');
  });

  test('are counted in the information, before a round and in it', async () => {
    expect((await one.breaker.information()).trials).toEqual({ started: 0, limit: 3 });
    const permit = await one.breaker.start();
    expect(permit.isTrial).toBe(true);
    expect((await two.breaker.information()).trials).toEqual({ started: 1, limit: 3 });
    await permit.succeed();
    expect((await two.breaker.information()).trials).toEqual({ started: 1, limit: 3 });
  });

  test('refuse with the round’s deadline as retryAfter, or with trialRetryAfter where that is sooner', async () => {
    for (let trial = 0; trial < 3; trial += 1) await one.breaker.start();
    expect((await refusal(two.breaker)).retryAfter).toBe(5_000);
    fleet.clock.step(6_000);
    expect(await refusal(two.breaker)).toMatchObject({
      retryAfter: 4_000,
      state: 'half-open',
      code: 'ERR_TOO_MANY_TRIALS',
    });
  });

  const comesToNothing: Record<string, (breaker: Breaker) => Promise<unknown>> = {
    'an ignored one': async (breaker) => (await breaker.start()).ignore(),
    'one whose permit was never used': async (breaker) => {
      await using permit = await breaker.start();
      void permit;
    },
    'one whose work the caller aborts': async (breaker) => {
      const caller = new AbortController();
      return breaker.settle(
        ({ signal }) => {
          caller.abort();
          throw signal.reason as Error;
        },
        { signal: caller.signal },
      );
    },
  };

  test.each(Object.keys(comesToNothing))('%s gives its slot back', async (which) => {
    await one.breaker.start();
    await one.breaker.start();
    await comesToNothing[which]?.(one.breaker);
    expect((await one.breaker.information()).trials).toEqual({ started: 2, limit: 3 });
    await two.breaker.start();
    await refusal(one.breaker);
  });

  test('a slot that is given back when nobody else has one begins no second round', async () => {
    await (await one.breaker.start()).ignore();
    expect((await one.breaker.information()).trials).toEqual({ started: 0, limit: 3 });
    await succeed(two.breaker, 3);
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open', 'half-open>closed']);
  });
});
