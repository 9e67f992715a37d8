import { expect, jest, test } from '@jest/globals';
import { CircuitBreakerFactory } from '@circuitry/core';
import { until } from '../../../tooling/servers/redis.mjs';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

jest.setTimeout(120_000);

describeWithServer('Exclusive circuits on a real Redis', () => {
  const redis = usePlainRedis();
  // Both longer than a busy machine may let a process stand still.
  const [lease, storageTimeout] = [12_000, 7_000];
  const aFactory = (prefix: string): CircuitBreakerFactory =>
    new CircuitBreakerFactory({
      backend: redis.backend({ prefix }),
      storageTimeout,
      exclusive: { lease, wait: 60_000 },
    });

  test('A job that outlasts its lease keeps the others out, for its heartbeats extend it; then the next one runs', async () => {
    const prefix = uniquePrefix();
    const [one, other] = [aFactory(prefix), aFactory(prefix)];
    const running = new Set<string>();
    const together: string[] = [];
    const ran: string[] = [];
    const job = (name: string, end: Promise<unknown>) => async (): Promise<void> => {
      running.add(name);
      ran.push(name);
      if (running.size > 1) together.push([...running].join());
      await end;
      running.delete(name);
    };
    let endFirst = (): void => {};
    const first = one.breakerFor('job').execute(job('first', new Promise<void>((resolve) => (endFirst = resolve))));
    await until('the first job to run', async () => ran.length === 1);
    const second = other.breakerFor('job').execute(job('second', Promise.resolve()));

    const began = Date.now();
    await until('more than a lease to pass', async () => Date.now() > began + 1.5 * lease);
    expect(ran).toEqual(['first']);
    endFirst();
    await Promise.all([first, second]);
    expect(ran).toEqual(['first', 'second']);
    expect(together).toEqual([]);
    await Promise.all([one.close(), other.close()]);
  });

  test('A job whose lock somebody took away is told by its signal', async () => {
    const prefix = uniquePrefix();
    const factory = aFactory(prefix);
    let told: unknown;
    let runs = 0;
    const work = ({ signal }: { readonly signal: AbortSignal }): Promise<void> => {
      runs += 1;
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          told = signal.reason;
          resolve();
        });
      });
    };
    const job = factory.breakerFor('job').execute(work);
    await until('the job to run', async () => runs === 1);
    expect(await redis.client().del(`${prefix}:{job}:lock`)).toBe(1);
    await job;
    expect(told).toMatchObject({ code: 'ERR_LEASE_LOST' });
    await factory.close();
  });
});
