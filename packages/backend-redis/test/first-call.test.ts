import { expect, test } from '@jest/globals';
import { createServer, connect, type AddressInfo } from 'node:net';
import { until } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { connectWith, type Library } from './support/clients.js';
import { libraries } from './support/glide.js';
import { aRecord, minute } from './support/records.js';
import { describeWithServer, usePlainRedis } from './support/servers.js';

/** What each library says to a server before it lets commands through, in round trips. */
const greeting: Readonly<Record<Library, number>> = {
  'ioredis 5': 1,
  'ioredis 6': 1,
  'node-redis': 1,
  'valkey-glide': 3,
};

describeWithServer('The first call of a new process, on a real Redis', () => {
  const redis = usePlainRedis({ own: true });

  test.each(libraries)('costs one round trip, like any other: %s', async (library) => {
    await redis.client().script('FLUSH');
    const proxy = await startCountingProxy(Number(new URL(redis.url).port));
    const { client, end } = await connectWith(library, { port: proxy.port });
    // The connection of the program's own client.
    await until('the client to be connected', async () => proxy.connections.length === 1);
    const backend = new RedisBackend({ client });
    const own = (): number => proxy.connections[1]?.trips ?? 0;
    await until('the connection to stand before anybody calls', async () => own() === greeting[library]);
    for (const [trips, call] of [
      () => backend.retrieve('a'),
      () => backend.store('a', null, aRecord(), minute),
      () => backend.apply('a', aRecord().revision, { add: { x: 1 } }, minute),
      () => backend.retrieve('a'),
    ].entries()) {
      await call();
      expect(own()).toBe(greeting[library] + trips + 1);
    }
    expect(proxy.connections).toHaveLength(2);
    await backend.close();
    await end();
    await proxy.stop();
  });
});

interface CountingProxy {
  readonly port: number;
  /** Of each: how often the client wrote something after the server had. */
  readonly connections: readonly { readonly trips: number }[];
  stop(): Promise<unknown>;
}

async function startCountingProxy(target: number): Promise<CountingProxy> {
  const connections: { trips: number }[] = [];
  const server = createServer((down) => {
    const connection = { trips: 0 };
    connections.push(connection);
    let isServersTurn = false;
    const up = connect(target, '127.0.0.1');
    down.on('data', (data) => {
      if (!isServersTurn) connection.trips += 1;
      isServersTurn = true;
      up.write(data);
    });
    up.on('data', (data) => {
      isServersTurn = false;
      down.write(data);
    });
    for (const [one, other] of [
      [down, up],
      [up, down],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
