import { expect, jest, test } from '@jest/globals';
import { until, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { PushWitness } from './support/push-witness.js';
import { uniquePrefix } from './support/servers.js';
import { describeWithShards, subscribers } from './support/shards.js';
import { clusterClients, useCluster } from './support/use-cluster.js';

jest.setTimeout(180_000);

describeWithShards('Push on a real Cluster whose masters fail', () => {
  const cluster = useCluster();
  const isMaster = async (node: RedisServer): Promise<boolean> =>
    (await node.ask('CLUSTER', 'NODES')).includes('myself,master');
  /** Without an election, which a busy machine may not hold in time. */
  const takeOver = async (replica: number): Promise<void> => {
    await cluster.node(replica).ask('CLUSTER', 'FAILOVER', 'TAKEOVER');
    await until('the replica to take over', () => isMaster(cluster.node(replica)));
  };
  const aWitness = (version = '6'): Promise<PushWitness> => {
    const prefix = uniquePrefix();
    return PushWitness.of(cluster.backend(prefix, { version }), cluster.backend(prefix, { version }));
  };
  /** It was told since `time`; from then on it hears everything, and nothing was lost without a word. */
  const expectTold = async (witness: PushWitness, time: number): Promise<void> => {
    await witness.storeUntil('the watcher to be told', async () => witness.told.some((at) => at >= time));
    await witness.storeForty();
    expect(witness.lostWithoutAWord).toEqual([]);
    expect(witness.heardTwice).toEqual([]);
    expect(await subscribers(cluster.servers)).toBe(3);
  };

  // One to the replica of the first master, the other back again.
  for (const [version, [heir, master]] of Object.entries({ 5: [3, 0], 6: [0, 3] } as const)) {
    test(`A replica takes over from a master that goes on (ioredis ${version})`, async () => {
      expect(version in clusterClients).toBe(true);
      const witness = await aWitness(version);
      const began = Date.now();
      await takeOver(heir);
      await expectTold(witness, began);
      await until('the old master to follow', async () => !(await isMaster(cluster.node(master))), 60_000);
    });
  }

  test('A master is killed', async () => {
    const witness = await aWitness();
    const began = Date.now();
    await cluster.node(1).kill('SIGKILL');
    await takeOver(4);
    await expectTold(witness, began);
  });

  test('A master hangs, and nothing says so: the watcher finds out by itself', async () => {
    const witness = await aWitness();
    const began = Date.now();
    await cluster.node(2).kill('SIGSTOP');
    await takeOver(5);
    await expectTold(witness, began).finally(() => cluster.node(2).kill('SIGCONT'));
    await until('the old master to follow', async () => !(await isMaster(cluster.node(2))), 60_000);
    await witness.storeForty();
    expect(witness.lostWithoutAWord).toEqual([]);
  });
});
