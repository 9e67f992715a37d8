import { describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend, type FactoryOptions } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';

/** Ends failures and successes in turn, all before the store has answered the first. */
async function burst(options: Partial<FactoryOptions>): Promise<string> {
  const clock = new VirtualClock();
  const memory = new MemoryBackend({ clock });
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const apply = memory.apply.bind(memory);
  let isHolding = false;
  memory.apply = async (...call) => {
    if (isHolding) await held;
    return apply(...call);
  };
  const factory = new CircuitBreakerFactory({ backend: memory, clock, failureCountThreshold: 5, ...options });
  const breaker = factory.breakerFor('acme');
  await breaker.settle(() => Promise.reject(new Error('once')));
  await breaker.settle(() => 1);
  isHolding = true;
  const outcomes = [false, true, false, true, false, true, false, true, false];
  const ending = outcomes.map((isGood) => breaker.settle(() => (isGood ? 1 : Promise.reject(new Error('down')))));
  await clock.advance(1);
  release();
  await Promise.all(ending);
  await factory.flush();
  const state = await breaker.state();
  await factory.close();
  return state;
}

describe('A success that ends while a failure of its circuit is still on its way', () => {
  test.each([
    ['strict', {}],
    ["counting: 'failures'", { counting: 'failures' }],
    ['bounded staleness', { consistency: { maxStaleness: '1h' } }],
  ] as const)('breaks the run of failures: %s', async (_, options) => {
    expect(await burst(options)).toBe('closed');
  });
});
