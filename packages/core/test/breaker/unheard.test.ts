import { describe, expect, test } from '@jest/globals';
import type { FactoryOptions } from '@circuitry/core';
import { down, fail, Fleet, refusal, succeed, type Worker } from './support/fleet.js';

/** What costs nothing where nobody listens must still be done: the same calls, without one listener or callback. */
describe.each<FactoryOptions['consistency'] & (string | object)>(['strict', { maxStaleness: '250ms' }])(
  'With nobody listening, and consistency %j',
  (consistency) => {
    const unheard = (options: Partial<FactoryOptions> = {}): { fleet: Fleet; worker: Worker } => {
      const fleet = new Fleet({ consistency, ...options });
      return { fleet, worker: fleet.join({ onStateChange: undefined }, 'c', false) };
    };

    test('counts, slow calls and windows are right', async () => {
      const { fleet, worker } = unheard({ slowCallAfter: '1s' });
      const { breaker, factory } = worker;
      await succeed(breaker, 3);
      await breaker.execute(() => fleet.clock.step(1_001));
      await fail(breaker, 2);
      await factory.flush();
      expect(await breaker.information()).toMatchObject({
        totalSuccesses: 4,
        totalSlow: 1,
        totalFailures: 2,
        consecutiveFailures: 2,
      });
      await factory.close();
    });

    test('a circuit trips, refuses, tries and closes', async () => {
      const { fleet, worker } = unheard({ failureCountThreshold: 2, allowAfter: '1s', closeThreshold: 2 });
      const { breaker, factory } = worker;
      await succeed(breaker);
      await fail(breaker, 2);
      expect((await refusal(breaker)).retryAfter).toBe(1_000);
      await fleet.clock.advance('1s');
      await succeed(breaker, 2);
      expect(await breaker.state()).toBe('closed');
      await factory.close();
    });

    test('values, errors and refusals reach the caller', async () => {
      const { worker } = unheard({ failureCountThreshold: 1 });
      const { breaker, factory } = worker;
      expect(await breaker.execute(async () => 'value')).toBe('value');
      expect(await breaker.settle(() => Promise.reject(down))).toEqual({ status: 'rejected', reason: down });
      expect(await breaker.execute(() => 1, { fallback: ({ code }) => code })).toBe('ERR_CIRCUIT_OPEN');
      await factory.close();
    });

    test('the matchers are asked', async () => {
      const { worker } = unheard({
        resultMatcher: (value) => (value === 503 ? 'failure' : 'success'),
        failureCountThreshold: 2,
      });
      const { breaker, factory } = worker;
      await breaker.execute(() => 200);
      await breaker.execute(() => 503);
      await breaker.execute(() => 503);
      expect(await breaker.state()).toBe('open');
      await factory.close();
    });
  },
);
