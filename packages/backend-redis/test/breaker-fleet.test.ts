import { expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, until } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { BreakerFleet, type BreakerConfig, type BreakerReport } from './support/breaker-fleet.js';
import { describeWithServer, uniquePrefix } from './support/servers.js';

jest.setTimeout(300_000);

const size = 4;
const circuits = ['mail', 'pay', 'print'];
/** Long enough for a busy machine: nothing but the killed server may fail. */
const storageTimeout = 4_000;
const patience = 90_000;

function configOf(port: number, changes: Partial<BreakerConfig>): BreakerConfig {
  return {
    port,
    prefix: uniquePrefix(),
    circuits,
    maxStaleness: null,
    storageTimeout,
    failureCountThreshold: 5,
    allowAfter: 500,
    push: true,
    ...changes,
  };
}

/** Whether a worker has ended so many more calls in one way than it had. */
function hasMore(how: string, before: readonly BreakerReport[], count: number) {
  return ({ ended }: BreakerReport, worker: number): boolean =>
    (ended[how] ?? 0) >= (before[worker]?.ended[how] ?? 0) + count;
}

/** The states of the circuits, as the store has them. */
async function states(backend: RedisBackend): Promise<(string | undefined)[]> {
  return Promise.all(circuits.map(async (circuit) => (await backend.retrieve(circuit)).record?.state));
}

function changesOf(reports: readonly BreakerReport[]): string[] {
  return reports.flatMap(({ changes }) => changes);
}

describeWithServer('Breakers in four processes on a real Redis', () => {
  test.each([
    ['strict', null, 'store'],
    ['bounded', 200, 'view'],
  ])(
    'work goes on while it is killed and restarted empty, twice, and the fleet protects as before (%s)',
    async (_mode, maxStaleness, usual) => {
      const server = await startRedis();
      const config = configOf(server.port, { maxStaleness });
      await using fleet = await BreakerFleet.start(size, config);
      const client = new Redis({ port: server.port, disconnectTimeout: 0 });
      client.on('error', () => {});
      const backend = new RedisBackend({ client, prefix: config.prefix });
      let before: BreakerReport[] = [];
      await until('the fleet to work', () => fleet.all(hasMore(usual, before, 100)), patience);

      for (const outage of [1, 2]) {
        before = await fleet.tell('report');
        await server.kill('SIGKILL');
        // The second time the dependency is lost together with the store: each process protects it alone.
        if (outage === 2) before = await fleet.tell('break');
        const alone = outage === 2 ? 'refused' : 'local';
        await until('every process to go on alone', () => fleet.all(hasMore(alone, before, 100)), patience);
        before = await fleet.tell('heal');
        // Or the outcomes of calls that failed would be told to the server once it is back.
        await until('calls that failed to be over', () => fleet.all(({ failing }) => failing === 0), patience);
        await until('work to succeed', () => fleet.all(hasMore('local', before, 20)), patience);
        await server.start();
        await until('each to notice', () => fleet.all((report) => report.storageRecovered >= outage), patience);
        before = await fleet.tell('report');
        await until('the fleet to work again', () => fleet.all(hasMore(usual, before, 100)), patience);
        await until('records', async () => (await states(backend)).every((state) => state === 'closed'), patience);
      }
      // Nobody was told of what a process decided for itself, and nobody else was tripped by it.
      expect(changesOf(await fleet.tell('report'))).toEqual([]);

      before = await fleet.tell('break');
      await until('the fleet to trip', () => fleet.all(hasMore('refused', before, 50)), patience);
      await until('records', async () => (await states(backend)).every((state) => state !== 'closed'), patience);
      before = await fleet.tell('heal');
      await until('the circuits', async () => (await states(backend)).every((state) => state === 'closed'), patience);
      await until('the fleet to work again', () => fleet.all(hasMore(usual, before, 100)), patience);

      const reports = await fleet.stop();
      for (const report of reports) expect(report.problems).toEqual([]);
      for (const circuit of circuits) {
        const told = changesOf(reports).filter((change) => change === `${circuit} closed>open`);
        expect(told).toHaveLength(1);
        expect(changesOf(reports).filter((change) => change === `${circuit} half-open>closed`)).toHaveLength(1);
      }
      await backend.close();
      client.disconnect();
      await server.stop();
    },
  );

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
    await until('all to refuse', () => fleet.all(hasMore('refused', [], 10)), patience);
    const { record } = await backend.retrieve('hot');
    const since = record?.since ?? Infinity;

    const reports = await fleet.stop();
    const others = reports.slice(1).map(({ admittedAt }) => admittedAt.filter((at) => at > since));
    const longest = Math.max(0, ...others.flat().map((at) => at - since));
    const calls = others.map(({ length }) => length).join(', ');
    console.log(`overshoot of a trip, maxStaleness ${maxStaleness} ms, ${title}: ${longest} ms; calls: ${calls}`);
    for (const report of reports) expect(report.problems).toEqual([]);
    // What a busy machine adds: a process that stood still between its decision and its work.
    expect(longest).toBeLessThan(maxStaleness + 3_000);
    await backend.close();
    client.disconnect();
    await server.stop();
  });
});
