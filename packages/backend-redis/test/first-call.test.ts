import { expect, test } from '@jest/globals';
import { createServer, connect, type AddressInfo } from 'node:net';
import { until } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { connectWith } from './support/clients.js';
import { libraries } from './support/glide.js';
import { aRecord, minute } from './support/records.js';
import { describeWithServer, usePlainRedis } from './support/servers.js';

/** What libraries say to a server of their own accord, in as many pieces as they like. */
const greetings = new Set(['auth', 'client', 'hello', 'info', 'ping', 'select']);

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
    await until('the connection to stand before anybody calls', async () => proxy.connections[1]?.isGreeted === true);
    for (const [trips, call] of [
      () => backend.retrieve('a'),
      () => backend.store('a', null, aRecord(), minute),
      () => backend.apply('a', aRecord().revision, { add: { x: 1 } }, minute),
      () => backend.retrieve('a'),
    ].entries()) {
      await call();
      expect(own()).toBe(trips + 1);
    }
    expect(proxy.connections).toHaveLength(2);
    await backend.close();
    await end();
    await proxy.stop();
  });
});

interface CountingProxy {
  readonly port: number;
  readonly connections: readonly CountedConnection[];
  stop(): Promise<unknown>;
}

interface CountedConnection {
  /** How often the client sent commands, greetings aside, when those before had been answered. */
  readonly trips: number;
  /** The server has answered a greeting. */
  readonly isGreeted: boolean;
}

async function startCountingProxy(target: number): Promise<CountingProxy> {
  const connections: CountedConnection[] = [];
  const server = createServer((down) => {
    const connection = { trips: 0, isGreeted: false };
    connections.push(connection);
    let isServersTurn = false;
    const up = connect(target, '127.0.0.1');
    down.on('data', (data) => {
      if (commandsIn(data).some((command) => !greetings.has(command))) {
        if (!isServersTurn) connection.trips += 1;
        isServersTurn = true;
      }
      up.write(data);
    });
    up.on('data', (data) => {
      isServersTurn = false;
      connection.isGreeted = true;
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

/** The names of the commands that begin in this piece of what a client sends, in lower case. */
function commandsIn(data: Buffer): string[] {
  const names = data.toString('latin1').matchAll(/\*\d+\r\n\$\d+\r\n([a-z]+)\r\n/giu);
  return [...names].map(([, name = '']) => name.toLowerCase());
}
