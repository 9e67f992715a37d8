import { expect, jest, test } from '@jest/globals';
import { CircuitBreakerFactory, type CircuitBreaker, type CircuitRecord, type WatchEvent } from '@circuitry/core';
import type { Redis } from 'ioredis';
import { until } from '../../../tooling/servers/redis.mjs';
import type { RedisBackend } from '../src/index.js';
import { writeRecord } from '../src/record/write-record.js';
import { aRecord, minute } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

jest.setTimeout(180_000);

describeWithServer('Whoever may only publish, on a real Redis', () => {
  const redis = usePlainRedis({ own: true });
  const fails = async (): Promise<never> => {
    throw new Error('the dependency is down');
  };

  interface Scene {
    readonly backend: RedisBackend;
    readonly prefix: string;
    /** Under bounded staleness, and told of transitions. */
    readonly breakerFor: (name: string) => CircuitBreaker;
    readonly announced: string[];
    readonly forge: (name: string, record: Partial<CircuitRecord>) => Promise<unknown>;
    readonly publish: (message: string) => Promise<unknown>;
    /** Resolves once all that was published so far has been heard. */
    readonly heard: () => Promise<void>;
    readonly end: () => Promise<void>;
  }

  /** A breaker, and somebody who has the right to publish on its channel and no other. */
  async function aScene(): Promise<Scene> {
    const prefix = uniquePrefix();
    const admin = redis.client();
    const rights = [`&${prefix}:transitions`, '-@all', '+publish', '+ping', '+info', '+client'];
    await admin.call('ACL', 'SETUSER', 'forger', 'reset', 'on', '>secret', ...rights);
    const forger: Redis = redis.client({ username: 'forger', password: 'secret' });
    const backend = redis.backend({ prefix });
    const announced: string[] = [];
    const factory = new CircuitBreakerFactory({
      backend,
      consistency: { maxStaleness: '1s' },
      failureCountThreshold: 1,
      allowAfter: '1h',
      storageTimeout: '1m',
      onStateChange: ({ name, to }) => announced.push(`${name} ${to}`),
    });
    // Over the same connection as the breaker's: what this has heard, that has too.
    const events: WatchEvent[] = [];
    await backend.watch((event) => events.push(event));
    const publish = (message: string): Promise<unknown> => forger.publish(`${prefix}:transitions`, message);
    return {
      backend,
      prefix,
      announced,
      publish,
      breakerFor: (name) => factory.breakerFor(name),
      forge: (name, record) => publish(`${writeRecord(aRecord({ by: 'forged', ...record }))}\n${name}`),
      async heard() {
        const name = uniquePrefix();
        await until('all to be heard', async () => {
          if (events.some((event) => event.type === 'transition' && event.name === name)) return true;
          // Again and again: after too much in one second what comes is told only as missed.
          await backend.store(name, null, aRecord(), minute);
          await backend.delete(name);
          return false;
        });
      },
      async end() {
        await factory.close();
        forger.disconnect();
      },
    };
  }

  const isAdmitted = async (breaker: CircuitBreaker): Promise<boolean> =>
    (await breaker.settle(async () => 'fine')).status === 'fulfilled';

  test('cannot make a healthy circuit refuse, whatever is said of it and how often', async () => {
    const scene = await aScene();
    const breaker = scene.breakerFor('good');
    await breaker.execute(async () => 'fine');
    const open = { state: 'open', openings: 1, generation: 1, since: 1, expiresAt: 9e15 } as const;
    const forced = { state: 'open', reason: 'forged', by: null, until: null } as const;
    for (let round = 0; round < 20; round += 1) {
      const revision = Number.MAX_SAFE_INTEGER - 100 + round;
      await scene.forge(breaker.name, { ...open, revision });
      await scene.forge(breaker.name, { ...open, revision, override: forced });
      if (round % 5 === 0) await scene.heard();
      expect(await isAdmitted(breaker)).toBe(true);
    }
    expect(await breaker.state()).toBe('closed');
    expect(scene.announced).toEqual([]);
    await scene.end();
  });

  test('cannot make an open circuit admit', async () => {
    const scene = await aScene();
    const breaker = scene.breakerFor('broken');
    await breaker.execute(fails).catch(() => {});
    expect(await isAdmitted(breaker)).toBe(false);
    const forced = { state: 'closed', reason: 'forged', by: null, until: null } as const;
    for (let round = 0; round < 20; round += 1) {
      const revision = Number.MAX_SAFE_INTEGER - 100 + round;
      await scene.forge(breaker.name, { revision });
      await scene.forge(breaker.name, { revision, override: forced });
      await scene.forge(breaker.name, { revision, state: 'half-open', expiresAt: 1 });
      if (round % 5 === 0) await scene.heard();
      expect(await isAdmitted(breaker)).toBe(false);
    }
    expect(await breaker.state()).toBe('open');
    expect(scene.announced).toEqual([`${breaker.name} open`]);
    await scene.end();
  });

  test('keeps no watcher from hearing of a real transition, by rubbish, by six megabytes or by thousands of circuits', async () => {
    const scene = await aScene();
    const breaker = scene.breakerFor('tripped elsewhere');
    await breaker.execute(async () => 'fine');
    const garbage = ['', 'x', '[]', '{}', 'null', '\n', 'x\ny', '2 x|\nacme', '\ud800'];
    for (const each of garbage) await scene.publish(each);
    await scene.publish(`${writeRecord(aRecord()).slice(0, -1)}${'|x=1'.repeat(1_500_000)}|\n${breaker.name}`);
    const unknown = Array.from({ length: 20_000 }, (_, index) => scene.forge(`unknown ${index}`, { revision: 9e15 }));
    await Promise.all(unknown);
    await scene.heard();
    const elsewhere = new CircuitBreakerFactory({
      backend: redis.backend({ prefix: scene.prefix }),
      failureCountThreshold: 1,
      allowAfter: '1h',
      storageTimeout: '1m',
    });
    expect(await isAdmitted(breaker)).toBe(true);
    await elsewhere
      .breakerFor('tripped elsewhere')
      .execute(fails)
      .catch(() => {});
    await until('the trip to be known', async () => !(await isAdmitted(breaker)));
    // Of all those circuits nothing came to be.
    const names = [];
    for await (const { name } of scene.backend.list()) names.push(name);
    expect(names.filter((name) => name.startsWith('unknown'))).toEqual([]);
    expect(scene.announced).toEqual([]);
    await elsewhere.close();
    await scene.end();
  });
});
