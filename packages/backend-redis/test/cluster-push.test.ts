import { describe, expect, jest, test } from '@jest/globals';
import type { WatchEvent } from '@circuitry/core';
import { Cluster, Redis } from 'ioredis';
import { until } from '../../../tooling/servers/redis.mjs';
import { slotOf } from '../src/connection/cluster-slot.js';
import { RedisBackend } from '../src/index.js';
import { KeyNames } from '../src/circuit/key-names.js';
import { libraries } from './support/glide.js';
import { circuitryNames } from './support/names.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { clusterRights, leastRights } from './support/rights.js';
import { describeWithServer, uniquePrefix } from './support/servers.js';
import { busMessages, describeWithShards, hasShardChannels, masterOf, subscribers } from './support/shards.js';
import { useCluster } from './support/use-cluster.js';

jest.setTimeout(120_000);

/** In slots of all three masters. */
const names = Array.from({ length: 30 }, (_, index) => `circuit ${index}`);

/** Watches, and stores each of the names once: then every one must have been heard of, once. */
async function expectAllHeard(writer: RedisBackend, watcher: RedisBackend): Promise<void> {
  const heard: WatchEvent[] = [];
  await watcher.watch((event) => heard.push(event));
  for (const name of names) await writer.store(name, null, aRecord({ by: name }), minute);
  await until('every transition', async () => heard.length >= names.length);
  const told = heard.map((event) => event.type === 'transition' && [event.name, event.record.by]);
  expect(new Map(told as [string, string][])).toEqual(new Map(names.map((name) => [name, name])));
  expect(heard).toHaveLength(names.length);
}

describeWithServer('Push on a real Cluster', () => {
  describe('as it is', () => {
    const cluster = useCluster();

    for (const library of libraries) {
      test(`Transitions on every master reach a watcher, once each: ${library}`, async () => {
        const prefix = uniquePrefix();
        const keys = new KeyNames(prefix);
        expect(new Set(names.map((name) => masterOf(slotOf(keys.record(name))))).size).toBe(3);
        const [writer, watcher] = [cluster.backendWith(library, prefix), cluster.backendWith(library, prefix)];
        await expectAllHeard(await writer, await watcher);
      });
    }

    test('A watching backend has one connection per master, whatever the number of circuits and listeners', async () => {
      // Those of the tests before end with a moment's delay.
      await until('no connection to be left', async () => (await subscribers(cluster.servers)) === 0);
      const before = 0;
      const prefix = uniquePrefix();
      const backend = cluster.backend(prefix);
      const listeners = await Promise.all([backend.watch(() => {}), backend.watch(() => {})]);
      for (const name of names) await backend.store(name, null, aRecord(), minute);
      // Where there are no sharded channels only the ordinary one has a subscriber.
      expect(await subscribers(cluster.servers)).toBe(before + (hasShardChannels ? 3 : 1));
      await listeners[0]?.();
      expect(await subscribers(cluster.servers)).toBe(before + (hasShardChannels ? 3 : 1));
      await listeners[1]?.();
      await until('no connection to be left', async () => (await subscribers(cluster.servers)) === before);
      await backend.watch(() => {});
      await backend.close();
      await until('no connection to be left', async () => (await subscribers(cluster.servers)) === before);
    });

    test('Slots are reckoned as the servers do', async () => {
      for (const key of ['', '{}', '{}a', 'a{}{b}', ...circuitryNames.map((name) => new KeyNames('p').record(name))]) {
        expect(`${slotOf(key)}`).toBe(await cluster.servers.nodes[0]?.ask('CLUSTER', 'KEYSLOT', key));
      }
    });

    test('A subscriber of one node is refused: it would not hear of the others', () => {
      const client = new Cluster([{ port: cluster.servers.ports[0] as number }], { lazyConnect: true });
      const subscriber = new Redis({ lazyConnect: true });
      expect(() => new RedisBackend({ client, subscriber })).toThrow(/subscriber.*each master/);
    });
  });

  describeWithShards('with sharded channels', () => {
    describe('as it is', () => {
      const cluster = useCluster();

      for (const username of [undefined, 'least']) {
        const who = username === undefined ? '' : ', with the rights that the documents name';
        test(`No transition crosses the bus between masters${who}`, async () => {
          const prefix = uniquePrefix();
          const rights = [...leastRights(prefix), ...clusterRights(prefix)];
          for (const node of cluster.servers.nodes) await node.ask('ACL', 'SETUSER', 'least', ...rights);
          const user = username === undefined ? {} : { username };
          const [writer, watcher] = [cluster.backend(prefix, user), cluster.backend(prefix, user)];
          await writer.retrieve('so that the client knows the slots');
          const ordinary = await cluster.ordinaryMessages(prefix);
          const toAll = await busMessages(cluster.servers, 'publish');
          const toReplicas = await busMessages(cluster.servers, 'publishshard');
          await expectAllHeard(writer, watcher);
          expect(await busMessages(cluster.servers, 'publish')).toBe(toAll);
          // To one replica each, where that is known already, and where the server counts them.
          const sent = (await busMessages(cluster.servers, 'publishshard')) - toReplicas;
          expect(sent).toBeLessThanOrEqual(names.length);
          expect(await ordinary()).toBe(0);
        });
      }

      test('A user who may not publish on sharded channels does so on the ordinary one', async () => {
        const rights = ['on', '>secret', '~*', '&*', '+@all', '-spublish'];
        for (const node of cluster.servers.nodes) await node.ask('ACL', 'SETUSER', 'unsharded', ...rights);
        const prefix = uniquePrefix();
        const ordinary = await cluster.ordinaryMessages(prefix);
        await expectAllHeard(cluster.backend(prefix, { username: 'unsharded' }), cluster.backend(prefix));
        expect(await ordinary()).toBe(names.length);
      });

      test('A user who may not subscribe to sharded channels is told so, for the others publish there', async () => {
        const rights = ['on', '>secret', '~*', '&*', '+@all', '-ssubscribe'];
        for (const node of cluster.servers.nodes) await node.ask('ACL', 'SETUSER', 'deaf', ...rights);
        const before = await subscribers(cluster.servers);
        const backend = cluster.backend(uniquePrefix(), { username: 'deaf' });
        const error = await rejectionOf(backend.watch(() => {}));
        expect(error).toMatchObject({ code: 'ERR_STORAGE', retriable: false });
        expect(error.message).toContain('ssubscribe');
        await until('no connection to be left', async () => (await subscribers(cluster.servers)) === before);
      });
    });

    const renamed = ['--rename-command', 'SPUBLISH', '', '--rename-command', 'SSUBSCRIBE', ''];
    describe('that were taken away', () => {
      const cluster = useCluster(renamed);

      test('Transitions reach a watcher over the ordinary channel', async () => {
        const prefix = uniquePrefix();
        const [writer, watcher] = [cluster.backend(prefix), cluster.backend(prefix)];
        await expectAllHeard(writer, watcher);
        expect(await subscribers(cluster.servers)).toBe(1);
      });
    });
  });
});
