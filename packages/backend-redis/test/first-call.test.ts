import { expect, test } from '@jest/globals';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
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
    await until('the connection to stand before anybody calls', async () => proxy.connections[1]?.isGreeted === true);
    const connection = proxy.connections[1] as CountedConnection;
    for (const [commands, call] of [
      [2, () => backend.retrieve('a')],
      [1, () => backend.store('a', null, aRecord(), minute)],
      [1, () => backend.apply('a', aRecord().revision, { add: { x: 1 } }, minute)],
      [2, () => backend.retrieve('a')],
    ] as const) {
      const wanted = connection.commands.length + commands;
      connection.hold();
      const calling = call();
      // All that it needs is sent before anything is answered, and nothing after that.
      await until('the call to be sent', async () => connection.commands.length >= wanted);
      connection.letGo();
      await calling;
      expect(connection.commands).toHaveLength(wanted);
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

/** One connection, through a proxy that can keep the server's answers for a while. */
class CountedConnection {
  /** The server has answered a greeting. */
  isGreeted = false;
  readonly #down: Socket;
  #sent = '';
  /** Whether answers are held back from the next command on: greetings are answered, or there would be no call to see. */
  #isWaiting = false;
  /** What waits for `letGo`; null: answers go through. */
  #held: Buffer[] | null = null;

  constructor(down: Socket) {
    this.#down = down;
  }

  /** What the client has sent, greetings aside: names in lower case. */
  get commands(): string[] {
    const names = [...this.#sent.matchAll(/\*\d+\r\n\$\d+\r\n([a-z]+)\r\n/giu)].map(([, name = '']) =>
      name.toLowerCase(),
    );
    return names.filter((name) => !greetings.has(name));
  }

  hold(): void {
    this.#isWaiting = true;
  }

  letGo(): void {
    this.#isWaiting = false;
    for (const answer of this.#held ?? []) this.#down.write(answer);
    this.#held = null;
  }

  send(data: Buffer): void {
    const before = this.#isWaiting ? this.commands.length : 0;
    this.#sent += data.toString('latin1');
    if (this.#isWaiting && this.commands.length > before) this.#held ??= [];
  }

  answer(data: Buffer): void {
    this.isGreeted = true;
    if (this.#held === null) this.#down.write(data);
    else this.#held.push(data);
  }
}

async function startCountingProxy(target: number): Promise<CountingProxy> {
  const connections: CountedConnection[] = [];
  const server = createServer((down) => {
    const connection = new CountedConnection(down);
    connections.push(connection);
    const up = connect(target, '127.0.0.1');
    down.on('data', (data) => {
      connection.send(data);
      up.write(data);
    });
    up.on('data', (data) => connection.answer(data));
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
