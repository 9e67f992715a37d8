import { expect, test } from '@jest/globals';
import { CircuitBreakerFactory, systemClock, type Clock } from '@circuitry/core';
import { until } from '../../../tooling/servers/redis.mjs';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

// What a wait does in each mode is in the scenarios; here the server's clock decides.
describeWithServer('A wait that a dependency asks for, by the clock of a real Redis', () => {
  const redis = usePlainRedis();

  test('It holds for every worker until then and not a call earlier, whatever their own clocks say', async () => {
    const prefix = uniquePrefix();
    const [slow, fast] = [-300_000, 300_000].map((error) => {
      const clock: Clock = {
        now: () => systemClock.now() + error,
        after: (ms, callback) => systemClock.after(ms, callback),
      };
      const backend = redis.backend({ prefix });
      const factory = new CircuitBreakerFactory({ backend, clock, retryJitter: 0, storageTimeout: '1m' });
      return { backend, factory, breaker: factory.breakerFor('mail') };
    }) as [Worker, Worker];
    await slow.breaker.settle(() => 'sent');
    // The server's time is known from its answers: this one and later ones.
    const before = await serverNow();
    const permit = await slow.breaker.start();
    await permit.fail(new Error('HTTP 429'), { openFor: '2s' });
    const after = await serverNow();
    const { record } = await slow.backend.retrieve('mail');
    const end = record?.expiresAt ?? 0;
    expect(record).toMatchObject({ state: 'open' });
    expect(end).toBeGreaterThanOrEqual(before + 2_000);
    expect(end).toBeLessThanOrEqual(after + 2_000);
    await until('the wait to be over', async () => {
      const settled = await fast.breaker.settle(() => 'sent');
      if (settled.status !== 'refused') return true;
      expect(settled.retryAfter).toBeLessThanOrEqual(2_000);
      return false;
    });
    const closed = (await fast.backend.retrieve('mail')).record;
    expect(closed).toMatchObject({ state: 'closed' });
    expect(closed?.since).toBeGreaterThanOrEqual(end);
    await Promise.all([slow.factory.close(), fast.factory.close()]);
  });

  interface Worker {
    readonly backend: ReturnType<typeof redis.backend>;
    readonly factory: CircuitBreakerFactory;
    readonly breaker: ReturnType<CircuitBreakerFactory['breakerFor']>;
  }

  async function serverNow(): Promise<number> {
    const [seconds, micros] = await redis.client().time();
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  }
});
