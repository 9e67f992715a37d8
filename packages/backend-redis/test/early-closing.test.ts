import { describe, jest, test } from '@jest/globals';
import { ask, until } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { connectWith, type Library, type Where } from './support/clients.js';
import { libraries } from './support/glide.js';
import { describeWithServer, usePlainRedis } from './support/servers.js';
import { useCluster } from './support/use-cluster.js';

jest.setTimeout(120_000);

describeWithServer('A backend that is closed while it still connects', () => {
  const redis = usePlainRedis({ own: true });

  test.each(libraries)('leaves no connection behind, with %s', (library) => {
    const port = Number(new URL(redis.url).port);
    return leavesNone(library, { port }, [port]);
  });
});

describe('A backend on a Cluster that is closed while it still looks for its nodes', () => {
  const cluster = useCluster();

  test.each(libraries)('leaves no connection behind, with %s', (library) => {
    const { ports } = cluster.servers;
    return leavesNone(library, { cluster: ports }, ports);
  });
});

async function leavesNone(library: Library, where: Where, ports: readonly number[]): Promise<void> {
  const clients = async (): Promise<number> => {
    const counts = await Promise.all(ports.map(clientsOf));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await until('no client is left', async () => (await clients()) === 0);
  const { client, end } = await connectWith(library, where);
  await until('a client is seen', async () => (await clients()) > 0);
  // Each a little later: at some of them it has been told of nodes that it has not yet connected.
  for (let turn = 0; turn < 40; turn += 1) {
    const backend = new RedisBackend({ client });
    await new Promise((resolve) => setTimeout(resolve, turn / 2));
    await backend.close();
  }
  await end();
  await until('no client is left', async () => (await clients()) === 0);
}

/** The connections of clients to a server: those of other servers and this question's own aside. */
async function clientsOf(port: number): Promise<number> {
  const lines = (await ask(port, 'CLIENT', 'LIST')).split('\n');
  return lines.filter((line) => line !== '' && !/ flags=[SM]/.test(line)).length - 1;
}
