import { RedisBackend } from '@circuitry/backend-redis';
import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { HeldClock } from '../../../tooling/servers/held-clock.mjs';
import { redisServer, startRedis } from '../../../tooling/servers/redis.mjs';
import { dashboard } from '../src/index.js';
import { serve } from '../src/node.js';
import { fill } from '../scripts/load/fill.mjs';
import { commandsOf, look } from '../scripts/load/viewers.mjs';

const found = redisServer();
const redisTest =
  'missing' in found
    ? (title: string): void => test.skip(`${title} (skipped: ${found.missing})`, () => {})
    : (title: string, work: () => Promise<void>): void => test(title, work);

redisTest(
  'on Redis, five who look ask no more for troubled circuits than one does: one listing serves them all',
  async () => {
    const server = await startRedis();
    const client = new Redis(server.port, '127.0.0.1');
    const backend = new RedisBackend({ client, prefix: 'load' });
    // The panel's time stands still: no listing grows old, however long a busy machine takes over it.
    const clock = new HeldClock();
    clock.hold();
    try {
      await fill({ client, backend, circuits: 5_000, open: 40, now: Date.now() });
      const listings: number[] = [];
      for (const viewers of [1, 5]) {
        const counting = new Proxy(backend, {
          get(target, name) {
            if (name !== 'list') {
              const value: unknown = Reflect.get(target, name);
              return typeof value === 'function' ? (value.bind(target) as unknown) : value;
            }
            return (options: Parameters<typeof backend.list>[0]) => {
              if (options?.only === 'troubled') listings.push(viewers);
              return target.list(options);
            };
          },
        });
        const served = await serve(dashboard({ backend: counting, clock }));
        const took = await look({ url: served.url, viewers, rounds: 3, pause: 0 });
        expect(took['overview']).toHaveLength(3 * viewers);
        const overview = (await (await fetch(`${served.url}api/overview`)).json()) as {
          counts: unknown;
          health: unknown;
        };
        expect(overview.counts).toEqual({ open: 40, halfOpen: 0, forcedOpen: 0, forcedClosed: 0 });
        expect(overview.health).toMatchObject({ push: 'pushed', answers: true, error: null });
        await served.close();
      }
      expect(listings).toEqual([1, 5]);
      expect(Object.keys(await commandsOf(client))).toContain('scan');
    } finally {
      await backend.close();
      await client.quit();
      await server.stop();
    }
  },
);
