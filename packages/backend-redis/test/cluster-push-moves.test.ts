import { expect, jest, test } from '@jest/globals';
import { until } from '../../../tooling/servers/redis.mjs';
import { slotOf } from '../src/connection/cluster-slot.js';
import { KeyNames } from '../src/circuit/key-names.js';
import { ShardChannels } from '../src/push/shard-channels.js';
import { expectNothingLost, hasConnections, PushWitness, witnessesOf } from './support/push-witness.js';
import { aRecord, minute } from './support/records.js';
import { uniquePrefix } from './support/servers.js';
import { describeWithShards, masterOf, moveSlot, subscribers } from './support/shards.js';
import { useCluster } from './support/use-cluster.js';

jest.setTimeout(300_000);

describeWithShards('Push on a real Cluster whose slots move', () => {
  const cluster = useCluster();
  const isFirstMasters = (slot: number): boolean => masterOf(slot) === 0;
  /** The slots of the sharded channels that live on the first master at first: they are the same for every prefix. */
  const slots = new ShardChannels(new KeyNames('any')).all.map(({ slot }) => slot).filter(isFirstMasters);

  test('Slots of channels move, one after the other: watchers of every library are told, and go on', async () => {
    const witnesses = await witnessesOf(cluster);
    const all = (what: (witness: PushWitness) => Promise<unknown>): Promise<unknown> =>
      Promise.all(witnesses.map(what));
    await all((witness) => witness.storeForty());
    for (const { library, told } of witnesses) expect([library, told]).toEqual([library, []]);
    for (const target of [1, 2, 1]) {
      const before = witnesses.map(({ told }) => told.length);
      // Not the first, which each connection asks for at intervals: only the server's word tells of these at once.
      await moveSlot(cluster.servers, slots.pop() as number, 0, target);
      await all((witness) => {
        const isTold = async (): Promise<boolean> => witness.told.length > (before[witnesses.indexOf(witness)] ?? 0);
        return witness.storeUntil(`the watcher to be told: ${witness.library}`, isTold);
      });
    }
    await all((witness) => witness.storeForty());
    for (const witness of witnesses) expectNothingLost(witness);
    await until('one connection per master and watcher', () => hasConnections(cluster, witnesses), 60_000);
  });

  test('A publisher that has not heard of a move yet is heard all the same', async () => {
    const prefix = uniquePrefix();
    const writer = cluster.backend(prefix, { looksAtSlotsOnce: true });
    const watcher = cluster.backend(prefix);
    const heard: string[] = [];
    await watcher.watch((event) => heard.push(event.type === 'transition' ? event.name : event.type));
    await writer.retrieve('so that the client knows the slots');
    // The first is what the publisher names.
    await moveSlot(cluster.servers, slots.shift() as number, 0, 1);
    await until('the watcher to be told', async () => heard.includes('missed'));
    const ordinary = await cluster.ordinaryMessages(prefix);
    const isFirst = (name: string): boolean => isFirstMasters(slotOf(new KeyNames(prefix).record(name)));
    const names = Array.from({ length: 30 }, (_, index) => `circuit ${index}`).filter(isFirst);
    for (const name of names) await writer.store(name, null, aRecord(), minute);
    await until('every transition', async () => names.every((name) => heard.includes(name)));
    // What it named was refused.
    expect(await ordinary()).toBe(names.length);
  });

  test('A circuit whose own slot moves is heard of as before', async () => {
    const prefix = uniquePrefix();
    const [writer, watcher] = [cluster.backend(prefix), cluster.backend(prefix)];
    const heard: string[] = [];
    await watcher.watch((event) => heard.push(event.type === 'transition' ? event.record.by : event.type));
    const slotOfCircuit = (name: string): number => slotOf(new KeyNames(prefix).record(name));
    const names = Array.from({ length: 100 }, (_, index) => `circuit ${index}`);
    const name = names.find(
      (one) => isFirstMasters(slotOfCircuit(one)) && !slots.includes(slotOfCircuit(one)),
    ) as string;
    const record = aRecord({ by: 'before' });
    await writer.store(name, null, record, minute);
    await moveSlot(cluster.servers, slotOfCircuit(name), 0, 1);
    for (const by of ['after', 'once more']) {
      await writer.store(name, record.revision, aRecord({ by }), minute);
      await until('the transition', async () => heard.includes(by));
    }
    expect(heard).toEqual(['before', 'after', 'once more']);
  });

  test('A master that has none of the channels left needs no connection, and is heard on the ordinary channel', async () => {
    const prefix = uniquePrefix();
    const witness = await PushWitness.of(cluster.backend(prefix), cluster.backend(prefix));
    for (const slot of slots.splice(0)) await moveSlot(cluster.servers, slot, 0, 2);
    await witness.storeUntil('the connection to end', async () => (await subscribers(cluster.servers)) === 2);
    const ordinary = await cluster.ordinaryMessages(prefix);
    await witness.storeForty();
    expectNothingLost(witness);
    expect(await ordinary()).toBeGreaterThan(0);
  });
});
