import { expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, until } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { BreakerFleet, configOf, hasMore, type BreakerReport } from './support/breaker-fleet.js';
import { describeWithServer } from './support/servers.js';

jest.setTimeout(300_000);

const size = 4;
const circuits = ['mail', 'pay', 'print'];
const patience = 90_000;

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
      const config = configOf(server.port, { circuits, maxStaleness });
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
        if (outage === 2) before = await fleet.breakDependency();
        const alone = outage === 2 ? 'refused' : 'local';
        await until('every process to go on alone', () => fleet.all(hasMore(alone, before, 100)), patience);
        before = await fleet.healDependency();
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

      before = await fleet.breakDependency();
      await until('the fleet to trip', () => fleet.all(hasMore('refused', before, 50)), patience);
      await until('records', async () => (await states(backend)).every((state) => state !== 'closed'), patience);
      before = await fleet.healDependency();
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
});
