import { describe, jest, test } from '@jest/globals';
import { until, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { connectWith } from './support/clients.js';
import { libraries } from './support/glide.js';
import { useCluster } from './support/use-cluster.js';

jest.setTimeout(120_000);

describe('A backend on a Cluster that is closed while it still looks for its nodes', () => {
  const cluster = useCluster();
  /** The connections of clients to one node: those of other nodes and this question aside. */
  const clientsOf = async (node: RedisServer): Promise<number> =>
    (await node.ask('CLIENT', 'LIST')).split('\n').filter((line) => /\blib-name=\S/.test(line)).length;
  const clients = async (): Promise<number> => {
    const counts = await Promise.all(cluster.servers.nodes.map(clientsOf));
    return counts.reduce((sum, count) => sum + count, 0);
  };

  test.each(libraries)('leaves no connection behind, with %s', async (library) => {
    await until('no client is left', async () => (await clients()) === 0);
    const { client, end } = await connectWith(library, { cluster: cluster.servers.ports });
    // Each a little later: at some of them it has been told of nodes that it has not yet connected.
    for (let turn = 0; turn < 20; turn += 1) {
      const backend = new RedisBackend({ client });
      await new Promise((resolve) => setTimeout(resolve, turn));
      await backend.close();
    }
    await end();
    await until('no client is left', async () => (await clients()) === 0);
  });
});
