import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Clock } from '@circuitry/core';
import type { GlideClient } from '@valkey/valkey-glide';
import { Redis } from 'ioredis';
import { Redis as Redis54 } from 'ioredis-54';
import { createClient } from 'redis';
import { startRedis, until, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { RedisBackend, type RedisClient } from '../src/index.js';
import { startBalancer } from './support/balancer.js';
import { connectWith } from './support/clients.js';
import { glide, libraries, noGlide } from './support/glide.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { describeWithServer } from './support/servers.js';

jest.setTimeout(120_000);

describeWithServer('Connections to a real Redis that heal', () => {
  let server: RedisServer;
  const ends: (() => unknown)[] = [];
  beforeEach(async () => {
    server = await startRedis();
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await server.stop();
  });

  function ioredis(options: object, Client: unknown = Redis): Redis {
    const client = new (Client as typeof Redis)({ port: server.port, disconnectTimeout: 0, ...options });
    client.on('error', () => {});
    ends.push(() => client.disconnect());
    return client;
  }

  async function nodeRedis(options: Parameters<typeof createClient>[0]): Promise<ReturnType<typeof createClient>> {
    const client = createClient({ url: `redis://127.0.0.1:${server.port}`, ...options });
    client.on('error', () => {});
    await client.connect();
    ends.push(() => client.destroy());
    return client;
  }

  async function glideClient(options: object, port = server.port): Promise<GlideClient> {
    const client = await glide().GlideClient.createClient({ addresses: [{ host: '127.0.0.1', port }], ...options });
    ends.push(() => client.close());
    return client;
  }

  const testWithGlide = noGlide === null ? test : test.skip;

  function backendOf(client: unknown): RedisBackend {
    const backend = new RedisBackend({ client: client as RedisClient });
    ends.push(() => backend.close());
    return backend;
  }

  /** However long a busy machine takes. */
  const reads = (backend: RedisBackend): Promise<unknown> => backend.retrieve('a');
  /** Whether it answers within as long as core would wait. */
  const works = (backend: RedisBackend): Promise<boolean> =>
    backend.retrieve('a', { signal: AbortSignal.timeout(1_000) }).then(
      () => true,
      () => false,
    );

  test('A new password that the client was given is taken up, with ioredis', async () => {
    await server.ask('CONFIG', 'SET', 'requirepass', 'token-1');
    const client = ioredis({ password: 'token-1', retryStrategy: () => 100 });
    const backend = backendOf(client);
    await reads(backend);
    client.options.password = 'token-2';
    await client.config('SET', 'requirepass', 'token-2');
    await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => {});
    await until('it to work again', () => works(backend), 60_000);
  });

  test('A provider of passwords is asked at each connection, with node-redis', async () => {
    await server.ask('CONFIG', 'SET', 'requirepass', 'token-1');
    let password = 'token-1';
    const credentials = async (): Promise<{ username: string; password: string }> => ({
      username: 'default',
      password,
    });
    const client = await nodeRedis({ credentialsProvider: { type: 'async-credentials-provider', credentials } });
    const backend = backendOf(client);
    await reads(backend);
    password = 'token-2';
    await client.sendCommand(['CONFIG', 'SET', 'requirepass', 'token-2']);
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no']).catch(() => {});
    await until('it to work again', () => works(backend), 60_000);
  });

  test('A new password that the client was given is taken up, with node-redis', async () => {
    await server.ask('CONFIG', 'SET', 'requirepass', 'token-1');
    const client = await nodeRedis({ password: 'token-1' });
    const backend = backendOf(client);
    await reads(backend);
    if (client.options !== undefined) client.options.password = 'token-2';
    await client.sendCommand(['CONFIG', 'SET', 'requirepass', 'token-2']);
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no']).catch(() => {});
    await until('it to work again', () => works(backend), 60_000);
  });

  testWithGlide('A new password in the options that valkey-glide was given is taken up', async () => {
    await server.ask('CONFIG', 'SET', 'requirepass', 'token-1');
    const credentials = { password: 'token-1' };
    const client = await glideClient({ credentials });
    const backend = backendOf(client);
    await reads(backend);
    credentials.password = 'token-2';
    await client.updateConnectionPassword('token-2');
    await client.customCommand(['CONFIG', 'SET', 'requirepass', 'token-2']);
    await client.customCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no']).catch(() => {});
    await until('it to work again', () => works(backend), 60_000);
  });

  test('A client that connects anew to another host takes the backend with it, though the old host goes on', async () => {
    const other = await startRedis();
    ends.push(() => other.stop());
    const client = ioredis({});
    const backend = backendOf(client);
    await backend.store('a', null, aRecord({ by: 'on the first host' }), minute);
    client.options.port = other.port;
    client.disconnect(true);
    await until('the backend to follow', async () => (await backend.retrieve('a')).record === null, 60_000);
  });

  test('A client of node-redis that is told of another host takes the backend with it, though the old host goes on', async () => {
    const other = await startRedis();
    ends.push(() => other.stop());
    const client = await nodeRedis({});
    const backend = backendOf(client);
    await backend.store('a', null, aRecord({ by: 'on the first host' }), minute);
    Object.assign(client.options?.socket ?? {}, { port: other.port });
    client.destroy();
    await client.connect();
    await until('the backend to follow', async () => (await backend.retrieve('a')).record === null, 60_000);
  });

  const dying: [title: string, client: (port: number) => Promise<unknown>][] = [
    ['ioredis', async (port) => ioredis({ port })],
    ['ioredis with maxRetriesPerRequest: 0', async (port) => ioredis({ port, maxRetriesPerRequest: 0 })],
    ['ioredis with maxRetriesPerRequest: null', async (port) => ioredis({ port, maxRetriesPerRequest: null })],
    ['ioredis 5.4', async (port) => ioredis({ port }, Redis54)],
    ['node-redis', (port) => nodeRedis({ url: `redis://127.0.0.1:${port}` })],
    ...(noGlide === null
      ? [['valkey-glide', (port: number) => glideClient({ requestTimeout: 5_000 }, port)] as (typeof dying)[number]]
      : []),
  ];
  test.each(dying)(
    'A connection that died without a word is replaced after two unanswered calls: %s',
    async (_, make) => {
      const balancer = await startBalancer(server.port);
      ends.push(() => balancer.stop());
      const backend = backendOf(await make(balancer.port));
      await reads(backend);
      balancer.forget();
      const call = (): Promise<unknown> => backend.retrieve('a', { signal: AbortSignal.timeout(200) });
      for (let unanswered = 0; unanswered < 2; unanswered += 1) {
        expect(await rejectionOf(call())).toMatchObject({ code: 'ERR_STORAGE' });
      }
      await until('another connection', () => works(backend), 60_000);
    },
  );

  test('A process that stood still for longer than its patience while it connected has its connection all the same', async () => {
    const timers = new Set<() => void>();
    const clock: Clock = {
      now: () => Date.now(),
      after: (_, callback) => {
        timers.add(callback);
        return () => timers.delete(callback);
      },
    };
    const backend = new RedisBackend({ client: ioredis({}), clock });
    ends.push(() => backend.close());
    const reading = backend.retrieve('a');
    await until('it to wait for its connection', async () => timers.size > 0);
    // Behind a stall all timers that are due come at once, before the socket is looked at.
    for (const come of timers) come();
    expect(await reading).toMatchObject({ record: null });
  });

  test('A slow answer makes nobody open connections: only silence does', async () => {
    const backend = backendOf(ioredis({}));
    await backend.store('a', null, aRecord(), minute);
    const connections = async (): Promise<number> =>
      Number(/total_connections_received:(\d+)/.exec(await server.ask('INFO', 'stats'))?.[1]);
    const before = await connections();
    for (let call = 0; call < 50; call += 1) {
      const given = backend.retrieve('a', { signal: AbortSignal.timeout(1) }).catch(() => {});
      await Promise.all([given, backend.retrieve('a')]);
    }
    // Each look is a connection of its own.
    expect((await connections()) - before).toBe(1);
  });

  test('A client that gave up trying, and is connected again by its owner, does not leave the backend behind', async () => {
    const client = ioredis({ retryStrategy: () => null });
    const backend = backendOf(client);
    await reads(backend);
    const ended = new Promise((resolve) => client.once('end', resolve));
    await server.kill();
    await ended;
    expect(await works(backend)).toBe(false);
    await server.start();
    await client.connect();
    await until('it to work again', () => works(backend), 60_000);
  });

  test('A client of node-redis that gave up trying, and is connected again by its owner, does not leave the backend behind', async () => {
    const client = await nodeRedis({ socket: { port: server.port, reconnectStrategy: false } });
    const backend = backendOf(client);
    await reads(backend);
    await server.kill();
    await until('the client to give up', async () => !client.isOpen);
    expect(await works(backend)).toBe(false);
    await server.start();
    await client.connect();
    await until('it to work again', () => works(backend), 60_000);
  });

  test.each(libraries)('A call that finds its connection just closed waits for the next one: %s', async (library) => {
    const { client, end } = await connectWith(library, { port: server.port });
    ends.push(end);
    const backend = backendOf(client);
    await backend.store('a', null, aRecord(), minute);
    for (let round = 0; round < 10; round += 1) {
      await server.ask('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      expect((await backend.retrieve('a')).record).not.toBeNull();
    }
  });

  const options: [title: string, options: object][] = [
    ['stringNumbers', { stringNumbers: true }],
    ['keyPrefix', { keyPrefix: 'app:' }],
    ['lazyConnect', { lazyConnect: true }],
    ['readOnly', { readOnly: true }],
    ['enableAutoPipelining', { enableAutoPipelining: true }],
    ['enableOfflineQueue: false', { enableOfflineQueue: false }],
    ['enableReadyCheck: false', { enableReadyCheck: false }],
    ['commandTimeout', { commandTimeout: 60_000 }],
    ['protocol 2', { protocol: 2 }],
    ['replyMapping resp3', { protocol: 3, replyMapping: 'resp3' }],
    ['showFriendlyErrorStack', { showFriendlyErrorStack: true }],
    ['scripts', { scripts: { evalsha2: { lua: 'return 1', numberOfKeys: 0 } } }],
  ];
  test.each(options)("Whatever the client's options, all verbs work: %s", async (_, given) => {
    const client = ioredis(given).duplicate();
    client.on('error', () => {});
    ends.push(() => client.disconnect());
    await expectAllVerbsWork(backendOf(client));
  });

  const nodeOptions: [title: string, options: Parameters<typeof createClient>[0]][] = [
    ['disableOfflineQueue', { disableOfflineQueue: true }],
    ['commandsQueueMaxLength', { commandsQueueMaxLength: 1_000 }],
    ['RESP 3', { RESP: 3 }],
    ['database', { database: 3 }],
    ['name', { name: 'the-users' }],
    ['pingInterval', { pingInterval: 60_000 }],
    ['commandOptions', { commandOptions: { asap: true } }],
    ['scripts and functions', { scripts: {}, functions: {}, modules: {} }],
    ['socketTimeout', { socket: { socketTimeout: 60_000 } }],
  ];
  test.each(nodeOptions)('Whatever the options of node-redis, all verbs work: %s', async (_, given) => {
    const client = await nodeRedis({
      ...given,
      ...(given?.socket && { socket: { ...given.socket, port: server.port } }),
    });
    await expectAllVerbsWork(backendOf(client.duplicate()));
    await expectAllVerbsWork(backendOf(client));
  });

  testWithGlide('Whatever the options of valkey-glide, all verbs work', async () => {
    const client = await glideClient({
      protocol: 1,
      defaultDecoder: 0,
      lazyConnect: true,
      clientCircuitBreaker: { minErrors: 1 },
      pubsubSubscriptions: undefined,
    });
    await expectAllVerbsWork(backendOf(client));
  });

  test('What is no client is refused by its name, with what is expected, and shows no password', () => {
    const make = (): RedisBackend => new RedisBackend({ client: { password: 'S3cr3t' } as unknown as RedisClient });
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_INVALID_SETTINGS' }));
    expect(make).toThrow(/client.*ioredis.*createCluster/s);
    expect(make).not.toThrow(/S3cr3t/);
  });
});

async function expectAllVerbsWork(backend: RedisBackend): Promise<void> {
  const record = aRecord({ counters: { a: 1 } });
  await backend.store('a', null, record, minute);
  expect((await backend.apply('a', record.revision, { add: { a: 1 } }, minute)).record?.counters['a']).toBe(2);
  const lease = await backend.lock('a', { lease: 10_000 });
  await lease.extend(10_000);
  await lease.release();
  const listed = [];
  for await (const { name } of backend.list()) listed.push(name);
  expect(listed).toEqual(['a']);
  await backend.delete('a');
}
