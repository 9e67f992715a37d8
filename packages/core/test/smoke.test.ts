import { expect, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend, circuitName, isCircuitryError } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';

test('a circuit trips at the threshold, refuses, tries and closes', async () => {
  const clock = new VirtualClock();
  const changes: string[] = [];
  const factory = new CircuitBreakerFactory({
    backend: new MemoryBackend({ clock }),
    clock,
    nameFor: (circuit, context) => circuitName(circuit, context.tenantId),
    failureCountThreshold: 3,
    allowAfter: '30s',
    closeThreshold: 2,
    onStateChange: ({ from, to }) => changes.push(`${from}>${to}`),
  });
  const breaker = factory.breakerFor('send-mail', { tenantId: 'acme' });
  for (let i = 0; i < 3; i += 1)
    await expect(
      breaker.execute(() => {
        throw new Error('down');
      }),
    ).rejects.toThrow('down');
  expect(await breaker.state()).toBe('open');
  const refused = await breaker.settle(() => 1);
  expect(refused.status).toBe('refused');
  if (refused.status === 'refused') expect(isCircuitryError(refused.error, 'ERR_CIRCUIT_OPEN')).toBe(true);
  await clock.advance('30s');
  expect(await breaker.state()).toBe('half-open');
  expect(await breaker.execute(() => 7)).toBe(7);
  expect(await breaker.execute(async () => 8)).toBe(8);
  expect(await breaker.state()).toBe('closed');
  expect(changes).toEqual(['closed>open', 'open>half-open', 'half-open>closed']);
  await factory.close();
});
