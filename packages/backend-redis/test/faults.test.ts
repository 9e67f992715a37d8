import { expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startCluster, startRedis, startSentinel, until } from '../../../tooling/servers/redis.mjs';
import { startTcpProxy } from '../../../tooling/servers/tcp-proxy.mjs';
import { RedisBackend } from '../src/index.js';
import { Fleet, type WorkerReport } from './support/fleet.js';
import { describeWithServer, uniquePrefix } from './support/servers.js';

jest.setTimeout(180_000);

const size = 4;
const timeout = 1_000;
/** What a busy machine may add to the timeout, ms: a hang would be far longer. */
const slack = 15_000;

/** Each worker had its calls end in time, with an answer or a StorageError, and nothing else. */
function expectNoHang(reports: readonly WorkerReport[]): void {
  for (const report of reports) {
    expect(report.others).toEqual([]);
    expect(report.longest).toBeLessThan(timeout + slack);
  }
}

describeWithServer('Faults of real servers, under four worker processes, each with another client library', () => {
  test('A server that was killed and restarted empty: the fleet goes on with fresh records', async () => {
    const server = await startRedis();
    await using fleet = await Fleet.start(size, { prefix: uniquePrefix(), circuits: 3, timeout, port: server.port });
    await until('the fleet to work', () => fleet.allWorkedSince(0), 60_000);
    await server.kill('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.start();
    const restarted = Date.now();
    await until('the fleet to work again', () => fleet.allWorkedSince(restarted), 60_000);
    await until('a fresh record of each circuit', async () => (await server.ask('DBSIZE')) === '3');
    expectNoHang(await fleet.stop());
    await server.stop();
  });

  test('A Sentinel failover: the fleet goes on with the new primary', async () => {
    const servers = await startSentinel({ replicas: 2 });
    const sentinel = { name: servers.name, ports: servers.sentinelPorts };
    await using fleet = await Fleet.start(size, { prefix: uniquePrefix(), circuits: 3, timeout, sentinel });
    await until('the fleet to work', () => fleet.allWorkedSince(0), 60_000);
    await servers.primary.kill('SIGKILL');
    await until('the failover', async () => (await servers.currentPrimary()).port !== servers.primary.port, 60_000);
    const failedOver = Date.now();
    await until('the fleet to work again', () => fleet.allWorkedSince(failedOver), 60_000);
    expectNoHang(await fleet.stop());
    await servers.stop();
  });

  test('A failover in a Cluster of three masters and three replicas: the fleet goes on', async () => {
    const servers = await startCluster({ masters: 3, replicas: 1, failsOver: true });
    const [master] = servers.nodes;
    await using fleet = await Fleet.start(size, {
      prefix: uniquePrefix(),
      circuits: 12,
      timeout,
      cluster: servers.ports,
    });
    await until('the fleet to work', () => fleet.allWorkedSince(0), 60_000);
    await master?.kill('SIGKILL');
    const other = servers.nodes[1];
    // Not by its role: on a busy machine its replica may have taken over before it was killed.
    const isGone = new RegExp(`127\\.0\\.0\\.1:${master?.port}@\\S+ \\S*\\bfail[ ,]`);
    await until(
      'the failover',
      async () => {
        const info = (await other?.ask('CLUSTER', 'INFO')) ?? '';
        const nodes = (await other?.ask('CLUSTER', 'NODES')) ?? '';
        return info.includes('cluster_state:ok') && isGone.test(nodes);
      },
      60_000,
    );
    const failedOver = Date.now();
    await until('the fleet to work again', () => fleet.allWorkedSince(failedOver), 60_000);
    // All twelve circuits, those of the lost master included.
    const before = await fleet.reports();
    const goneRound = (report: WorkerReport, index: number): boolean =>
      report.acknowledged > (before[index]?.acknowledged ?? 0) + 24;
    await until('every worker to go round', async () => (await fleet.reports()).every(goneRound), 60_000);
    expectNoHang(await fleet.stop());
    await servers.stop();
  });

  test('A network that delays, loses replies, cuts and freezes: nothing is counted twice, nothing acknowledged is lost', async () => {
    const server = await startRedis();
    const proxy = await startTcpProxy(server.port);
    const prefix = uniquePrefix();
    await using fleet = await Fleet.start(size, { prefix, circuits: 3, timeout, port: proxy.port });
    await until('the fleet to work', () => fleet.allWorkedSince(0), 60_000);
    const worksAgain = async (): Promise<void> => {
      const now = Date.now();
      await until('the fleet to work again', () => fleet.allWorkedSince(now), 60_000);
    };
    for (let round = 0; round < 3; round += 1) {
      await proxy.loseReply();
      await worksAgain();
      proxy.cut();
      await worksAgain();
    }
    proxy.delay(30);
    await worksAgain();
    proxy.delay(0);
    proxy.freeze();
    await new Promise((resolve) => setTimeout(resolve, 2 * timeout));
    proxy.thaw();
    await worksAgain();

    const reports = await fleet.stop();
    expectNoHang(reports);
    const sum = (pick: (report: WorkerReport) => number): number => reports.map(pick).reduce((a, b) => a + b, 0);
    const acknowledged = sum((report) => report.acknowledged);
    const ambiguous = sum((report) => report.ambiguous);
    expect(ambiguous).toBeGreaterThan(0);
    const client = new Redis({ port: server.port, disconnectTimeout: 0 });
    const backend = new RedisBackend({ client, prefix });
    let counted = 0;
    for await (const { record } of backend.list()) counted += record.counters['count'] ?? 0;
    expect(counted).toBeGreaterThanOrEqual(acknowledged);
    expect(counted).toBeLessThanOrEqual(acknowledged + ambiguous);
    await backend.close();
    client.disconnect();
    await proxy.stop();
    await server.stop();
  });
});
