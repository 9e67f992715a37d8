import { expect, jest, test } from '@jest/globals';
import { CircuitBreakerFactory } from '@circuitry/core';
import type { Redis } from 'ioredis';
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorker } from './support/fleet.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

jest.setTimeout(300_000);

describeWithServer('What a protected call costs on a real Redis', () => {
  const redis = usePlainRedis({ own: true });
  const failing = async (): Promise<never> => {
    throw new Error('the dependency is down');
  };

  function aFactory(prefix: string): CircuitBreakerFactory {
    return new CircuitBreakerFactory({
      backend: redis.backend({ prefix }),
      failureCountThreshold: 3,
      allowAfter: '1h',
      storageTimeout: '1m',
    });
  }

  async function commandsOf(admin: Redis, work: () => Promise<unknown>): Promise<Record<string, number>> {
    await admin.config('RESETSTAT');
    await work();
    const text = await admin.info('commandstats');
    // What the scripts call is counted too: GET and TIME by all, SET by those that write.
    const calls = [...text.matchAll(/cmdstat_(eval\w*|script[^:]*|get|time|set):calls=(\d+)/g)];
    return Object.fromEntries(calls.map(([, name, count]) => [name, Number(count)]));
  }

  test('A strict protected call is exactly one read, GET and TIME, and one script that writes; a refused one is the read', async () => {
    const readAndScript = { evalsha: 1, get: 2, time: 2, set: 1 };
    const admin = redis.client();
    const factory = aFactory(uniquePrefix());
    const breaker = factory.breakerFor('job');
    await breaker.execute(async () => 'warm');
    await breaker.execute(async () => 'warm');

    expect(await commandsOf(admin, () => breaker.execute(async () => 'fine'))).toEqual(readAndScript);
    expect(await commandsOf(admin, () => breaker.execute(failing).catch(() => {}))).toEqual(readAndScript);
    for (let failures = 0; failures < 2; failures += 1) await breaker.execute(failing).catch(() => {});
    expect(await breaker.state()).toBe('open');
    expect(await commandsOf(admin, () => breaker.execute(failing).catch(() => {}))).toEqual({ get: 1, time: 1 });
    await factory.close();
  });

  test('A circuit with default settings takes at most 200 bytes, closed or open, and a little more for the while that it is half-open', async () => {
    const prefix = uniquePrefix().slice(0, 9);
    const client = redis.client();
    const factory = new CircuitBreakerFactory({
      backend: redis.backend({ prefix }),
      nameFor: (circuit) => `${circuit}:tenant-0123456789abcdef`,
      allowAfter: 1,
      storageTimeout: '1m',
    });
    const breaker = factory.breakerFor('send-mail');
    const bytes = async (): Promise<number> => (await client.memory('USAGE', `${prefix}:{${breaker.name}}`)) ?? 0;
    for (let calls = 0; calls < 20; calls += 1) await breaker.execute(async () => 'fine');
    for (let calls = 0; calls < 4; calls += 1) await breaker.execute(failing).catch(() => {});
    await breaker.execute(async () => 'fine');
    const seen = [await bytes()];
    for (let calls = 0; calls < 5; calls += 1) await breaker.execute(failing).catch(() => {});
    seen.push(await bytes());
    await new Promise((resolve) => setTimeout(resolve, 5));
    await using trial = await breaker.start();
    seen.push(await bytes());
    await trial.succeed();
    const [closed = 0, open = 0, halfOpen = 0] = seen;
    expect(Math.max(closed, open)).toBeLessThanOrEqual(200);
    // Four counters of its round more.
    expect(halfOpen).toBeLessThanOrEqual(232);
    expect(Math.min(...seen)).toBeGreaterThan(0);
    console.log(`one circuit, closed / open / half-open: ${seen.join(' / ')} bytes`);
    await breaker.reset();
    await factory.close();
  });

  test('A sequential strict call is compared with two bare scripts that read the same record', async () => {
    const { wall, cpu } = await measured<{ wall: number; cpu: number }>('sequential');
    console.log(
      `a sequential strict call: ${wall.toFixed(2)} times the time of two bare scripts, ` +
        `${cpu.toFixed(2)} times the process's CPU (load ${loadavg()[0]?.toFixed(1)})`,
    );
    // What it is is printed; this only notices a call that became something else.
    expect(wall).toBeLessThan(6);
  });

  test('64 callers on one hot circuit are compared with 64 that lock, read, write and unlock', async () => {
    const rounds = await measured<{ locked: number; circuitry: number }[]>('hot');
    for (const { locked, circuitry } of rounds) {
      const times = (circuitry / locked).toFixed(0);
      console.log(
        `64 callers, calls/s: locked ${locked.toFixed(0)}, circuitry ${circuitry.toFixed(0)}, ${times} times`,
      );
    }
    // What it is is printed: it is the machine's to say. One call at a time would be near 1.
    expect(Math.max(...rounds.map(({ locked, circuitry }) => circuitry / locked))).toBeGreaterThan(5);
  });

  /** In a process of its own: inside jest's sandbox the same code takes up to twice as long. */
  async function measured<T>(what: 'sequential' | 'hot'): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'circuitry-costs-'));
    try {
      const worker = await bundleWorker('costs-worker.ts', folder);
      const config = JSON.stringify({ url: redis.url, prefix: uniquePrefix(), what });
      const child = fork(worker, [config]);
      return await new Promise<T>((resolve, reject) => {
        child.once('message', (result) => resolve(result as T));
        child.once('exit', (code) => reject(new Error(`the measuring process ended with ${code}`)));
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
});
