import { describe, expect, test } from '@jest/globals';
import { anyOf, consecutiveFailures, failureCount, failureRate } from '@circuitry/core';
import { fail, Fleet, refusal, succeed } from '../breaker/support/fleet.js';

const minute = 60_000;

describe('The ttl of every write', () => {
  test('is what is left of the state’s end or the round’s deadline, plus retention', async () => {
    const fleet = new Fleet({
      failureCountThreshold: 2,
      allowAfter: '30m',
      trialLease: '60s',
      longestTrial: '1h',
      retention: '1m',
      closeThreshold: 3,
    });
    const { breaker, backend } = fleet.join();
    const ttls = (): unknown[] => {
      const seen = backend.calls.filter(({ ttl }) => ttl !== undefined).map(({ verb, ttl }) => [verb, ttl]);
      backend.forget();
      return seen;
    };
    await succeed(breaker, 2);
    expect(ttls()).toEqual([
      ['store', minute],
      ['apply', minute],
    ]);
    await fail(breaker, 2);
    expect(ttls()).toEqual([
      ['apply', minute],
      ['apply', minute],
      ['store', 31 * minute],
    ]);
    await fleet.clock.advance('30m');
    const trial = await breaker.start();
    expect(ttls()).toEqual([['store', 2 * minute]]);
    await fleet.clock.advance('20s');
    expect(ttls()).toEqual([['apply', 2 * minute]]);
    await fleet.clock.advance('5s');
    await trial.succeed();
    expect(ttls()).toEqual([['apply', 2 * minute - 5_000]]);
  });

  test('covers the cyclic clear', async () => {
    const fleet = new Fleet({ cyclicClearAfter: '12h', retention: '1h' });
    const { breaker, backend } = fleet.join();
    await succeed(breaker);
    fleet.clock.step(3_600_000);
    await succeed(breaker);
    expect([...backend.of('store'), ...backend.of('apply')].map(({ ttl }) => ttl)).toEqual([
      13 * 60 * minute,
      12 * 60 * minute,
    ]);
  });

  test('covers the longest window of time that the trip rule looks at', async () => {
    const trip = anyOf(
      consecutiveFailures(50),
      failureCount({ threshold: 3, window: '1h' }),
      failureRate({ threshold: 1, window: '5m' }),
      failureRate({ threshold: 1, window: { calls: 100 } }),
    );
    const fleet = new Fleet({ trip, retention: '1m' });
    const { breaker, backend } = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('25m');
    await fail(breaker);
    await fleet.clock.advance('25m');
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
    expect([...backend.of('store'), ...backend.of('apply')].map(({ ttl }) => ttl)).toEqual([
      60 * minute,
      61 * minute,
      60 * minute,
      60 * minute,
    ]);
  });

  test('never lets an open circuit expire into a closed one', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '2h', retention: '1m' });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(2 * 60 * minute - 1);
    expect((await refusal(breaker)).retryAfter).toBe(1);
    fleet.clock.step(1);
    expect(await breaker.state()).toBe('half-open');
  });

  test('keeps a round whose trial runs on and on', async () => {
    const fleet = new Fleet({
      failureCountThreshold: 1,
      allowAfter: '1s',
      trialLease: '60s',
      longestTrial: '7d',
      retention: '1m',
    });
    const { breaker } = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('1s');
    const trial = await breaker.start();
    await fleet.clock.advance('2h');
    expect((await fleet.record())?.state).toBe('half-open');
    await trial.succeed();
    expect(await breaker.state()).toBe('closed');
  });
});
