import { jest, test } from '@jest/globals';
import { until, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { expectNothingLost, hasConnections, witnessesOf, type PushWitness } from './support/push-witness.js';
import { describeWithShards } from './support/shards.js';
import { useCluster } from './support/use-cluster.js';

jest.setTimeout(300_000);

describeWithShards('Push on a real Cluster whose masters fail', () => {
  const cluster = useCluster();
  const isMaster = async (node: RedisServer): Promise<boolean> =>
    (await node.ask('CLUSTER', 'NODES')).includes('myself,master');
  /** Without an election, which a busy machine may not hold in time. */
  const takeOver = async (replica: number): Promise<void> => {
    await cluster.node(replica).ask('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await until('the replica to take over', () => isMaster(cluster.node(replica)));
  };
  /** Told since `time`; from then on each hears everything, and nothing was lost without a word. */
  const expectTold = async (witnesses: readonly PushWitness[], time: number): Promise<void> => {
    await Promise.all(
      witnesses.map(async (witness) => {
        const isTold = async (): Promise<boolean> => witness.told.some((at) => at >= time);
        await witness.storeUntil(`the watcher to be told: ${witness.library}`, isTold);
        await witness.storeForty();
      }),
    );
    for (const witness of witnesses) expectNothingLost(witness);
  };
  const expectConnections = (witnesses: readonly PushWitness[]): Promise<void> =>
    until('one connection per master and watcher', () => hasConnections(cluster, witnesses), 60_000);

  test('A replica takes over from a master that goes on: watchers of every library are told, and go on', async () => {
    const witnesses = await witnessesOf(cluster);
    const began = Date.now();
    await takeOver(3);
    await expectTold(witnesses, began);
    await expectConnections(witnesses);
    await until('the old master to follow', async () => !(await isMaster(cluster.node(0))), 60_000);
  });

  test('A master is killed: watchers of every library are told, and go on', async () => {
    const witnesses = await witnessesOf(cluster);
    const began = Date.now();
    await cluster.node(1).kill('SIGKILL');
    await takeOver(4);
    await expectTold(witnesses, began);
    await expectConnections(witnesses);
  });

  test('A master hangs, and nothing says so: watchers of every library find out by themselves', async () => {
    const witnesses = await witnessesOf(cluster);
    const began = Date.now();
    await cluster.node(2).kill('SIGSTOP');
    await takeOver(5);
    await expectTold(witnesses, began).finally(() => cluster.node(2).kill('SIGCONT'));
    await until('the old master to follow', async () => !(await isMaster(cluster.node(2))), 60_000);
    await Promise.all(witnesses.map((witness) => witness.storeForty()));
    for (const witness of witnesses) expectNothingLost(witness);
  });
});
