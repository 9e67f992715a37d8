import { describe, expect, test } from '@jest/globals';
import { anyOf, consecutiveFailures, failureCount, failureRate, slowCallRate } from '@circuitry/core';
import { fail, Fleet, succeed } from '../breaker/support/fleet.js';

describe('Thresholds compare with >=', () => {
  test('the Nth consecutive failure trips, and the one before it does not', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 3 }).join();
    await fail(breaker, 2);
    expect(await breaker.state()).toBe('closed');
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('five consecutive failures trip where nothing is configured', async () => {
    const { breaker } = new Fleet().join();
    await fail(breaker, 4);
    expect(await breaker.state()).toBe('closed');
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('a failure rate that equals its threshold trips', async () => {
    const { breaker } = new Fleet({ trip: failureRate({ threshold: 0.5, minimumCalls: 4 }) }).join();
    await succeed(breaker, 2);
    await fail(breaker);
    expect(await breaker.state()).toBe('closed');
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('a failure rate just below its threshold does not trip', async () => {
    const { breaker } = new Fleet({ trip: failureRate({ threshold: 0.51, minimumCalls: 4 }) }).join();
    await succeed(breaker, 2);
    await fail(breaker, 2);
    expect(await breaker.state()).toBe('closed');
  });

  test('the Nth failure within a window trips, whatever succeeded between them', async () => {
    const { breaker } = new Fleet({ trip: failureCount({ threshold: 3, window: '60s' }) }).join();
    await fail(breaker, 2);
    await succeed(breaker, 5);
    expect(await breaker.state()).toBe('closed');
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('one of several policies is enough', async () => {
    const fleet = new Fleet({ trip: anyOf(consecutiveFailures(10), failureRate({ threshold: 0.4, minimumCalls: 5 })) });
    const { breaker } = fleet.join();
    await succeed(breaker, 3);
    await fail(breaker, 2);
    expect(await breaker.state()).toBe('open');
  });
});

describe('The trip policy is asked after every counted outcome', () => {
  test('a success that completes minimumCalls can trip', async () => {
    const { breaker } = new Fleet({ trip: failureRate({ threshold: 0.5, minimumCalls: 4 }) }).join();
    await fail(breaker, 3);
    expect(await breaker.state()).toBe('closed');
    await succeed(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('a slow success can trip', async () => {
    const fleet = new Fleet({ slowCallAfter: '1s', trip: slowCallRate({ threshold: 0.5, minimumCalls: 2 }) });
    const { breaker } = fleet.join();
    await succeed(breaker);
    await breaker.execute(() => fleet.clock.step(1_001));
    expect(await breaker.state()).toBe('open');
  });

  test('an ignored outcome does not complete minimumCalls', async () => {
    const { breaker } = new Fleet({ trip: failureRate({ threshold: 0.5, minimumCalls: 4 }) }).join();
    await fail(breaker, 3);
    await (await breaker.start()).ignore();
    expect(await breaker.state()).toBe('closed');
  });

  test('time alone never trips, although successes left the window and the rate of the rest is over the threshold', async () => {
    const trip = failureRate({ threshold: 0.5, minimumCalls: 2, window: '10s', buckets: 10 });
    const fleet = new Fleet({ trip });
    const { breaker, backend } = fleet.join();
    await succeed(breaker, 8);
    await fleet.clock.advance('5s');
    await fail(breaker, 4);
    await fleet.clock.advance('6s');
    expect((await breaker.information()).window).toMatchObject({ calls: 4, failures: 4, failureRate: 1 });
    expect(await breaker.state()).toBe('closed');
    backend.forget();
    await (await breaker.start()).ignore();
    expect(backend.count('store')).toBe(0);
    expect(fleet.changes).toEqual([]);
  });

  test('a trip function is given the counts, the name and the context, and nothing else', async () => {
    const asked: unknown[] = [];
    const fleet = new Fleet({
      nameFor: (circuit, context) => `${circuit}/${context.tenant}`,
      trip: (information, subject) => {
        asked.push([subject, information.totalFailures]);
        return information.totalFailures >= 2;
      },
    });
    const { factory } = fleet.join();
    const breaker = factory.breakerFor('mail', { tenant: 7 });
    await fail(breaker);
    expect(asked).toContainEqual([{ name: 'mail/7', circuit: 'mail', context: { tenant: 7 } }, 1]);
    expect(await breaker.state()).toBe('closed');
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });
});

describe('A success after failures', () => {
  test('resets consecutiveFailures and leaves totalFailures', async () => {
    const { breaker } = new Fleet().join();
    await fail(breaker, 4);
    await succeed(breaker);
    expect(await breaker.information()).toMatchObject({
      consecutiveFailures: 0,
      consecutiveSuccesses: 1,
      totalFailures: 4,
      totalSuccesses: 1,
      total: 5,
    });
    await fail(breaker, 4);
    expect(await breaker.state()).toBe('closed');
  });

  test('an ignored outcome changes neither', async () => {
    const { breaker } = new Fleet().join();
    await fail(breaker, 4);
    await (await breaker.start()).ignore();
    expect(await breaker.information()).toMatchObject({
      consecutiveFailures: 4,
      totalFailures: 4,
      total: 4,
      totalIgnored: 1,
    });
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });
});
