import { expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, until } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { BreakerFleet, configOf, hasMore } from './support/breaker-fleet.js';
import { describeWithServer } from './support/servers.js';

jest.setTimeout(300_000);

const size = 4;
const patience = 90_000;

describeWithServer('A trip among breakers in four processes on a real Redis', () => {
  test.each([
    ['without a push', false],
    ['with a push', true],
  ])('after a trip the others stop within maxStaleness, %s', async (title, push) => {
    const server = await startRedis();
    const maxStaleness = 500;
    const config = configOf(server.port, {
      maxStaleness,
      push,
      circuits: ['hot'],
      failureCountThreshold: 1,
      allowAfter: 600_000,
    });
    await using fleet = await BreakerFleet.start(size, config);
    const client = new Redis({ port: server.port, disconnectTimeout: 0 });
    const backend = new RedisBackend({ client, prefix: config.prefix });
    await until('the fleet to work', () => fleet.all(hasMore('view', [], 100)), patience);
    await fleet.tellOne(0, 'fail-once');
    await until('the trip', async () => (await backend.retrieve('hot')).record?.state === 'open', patience);
    // Not before it was in the store, and that is when others can know of it: whoever wrote it may have stood still.
    const inStore = Date.now();
    await until('all to refuse', () => fleet.all(hasMore('refused', [], 10)), patience);
    const { record } = await backend.retrieve('hot');
    const since = record?.since ?? Infinity;

    const reports = await fleet.stop();
    const others = reports.slice(1).map(({ admittedAt }) => admittedAt.filter((at) => at > since));
    const longest = Math.max(0, ...others.flat().map((at) => at - since));
    const calls = others.map(({ length }) => length).join(', ');
    console.log(`overshoot of a trip, maxStaleness ${maxStaleness} ms, ${title}: ${longest} ms; calls: ${calls}`);
    for (const report of reports) expect(report.problems).toEqual([]);
    expect(others.flat().filter((at) => at > inStore + maxStaleness)).toEqual([]);
    await backend.close();
    client.disconnect();
    await server.stop();
  });
});
