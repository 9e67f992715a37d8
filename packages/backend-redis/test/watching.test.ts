import { expect, jest, test } from '@jest/globals';
import type { WatchEvent } from '@circuitry/core';
import { Redis } from 'ioredis';
import { startRedis, until } from '../../../tooling/servers/redis.mjs';
import { startTcpProxy } from '../../../tooling/servers/tcp-proxy.mjs';
import { RedisBackend } from '../src/index.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

jest.setTimeout(60_000);

describeWithServer('Watching a real Redis', () => {
  const redis = usePlainRedis();
  const namesOf = (events: readonly WatchEvent[]): string[] =>
    events.map((event) => (event.type === 'transition' ? event.name : event.type));

  test('Every listener hears of every applied store of any client, with the record, and of nothing else', async () => {
    const prefix = uniquePrefix();
    const [writer, other] = [redis.backend({ prefix }), redis.backend({ prefix })];
    const stranger = redis.backend();
    const heard: WatchEvent[][] = [[], [], []];
    await writer.watch((event) => heard[0]?.push(event));
    await writer.watch(() => {
      throw new Error('a listener that throws');
    });
    await writer.watch((event) => heard[1]?.push(event));
    await other.watch((event) => heard[2]?.push(event));

    const record = aRecord({ state: 'open', expiresAt: 5, counters: { a: 1 }, by: '"⚡"' });
    const names = ['a', 'b', '}', '\n⚡"'];
    await stranger.store('a', null, record, minute);
    for (const name of names) await writer.store(name, null, record, minute);
    await writer.store('a', null, record, minute);
    await writer.apply('a', record.revision, { add: { a: 1 } }, minute);
    await writer.delete('a');
    await other.store('last', null, record, minute);

    await until('the last event', async () => heard.every((events) => events.length >= names.length + 1));
    for (const events of heard) {
      expect(namesOf(events)).toEqual([...names, 'last']);
      for (const event of events) expect(event).toMatchObject({ type: 'transition', record });
    }
  });

  test('A watcher that was told to stop hears no more, and the last one takes the connection with it', async () => {
    const prefix = uniquePrefix();
    const backend = redis.backend({ prefix });
    const admin = redis.client();
    const subscribers = async (): Promise<number> => Number((await admin.pubsub('NUMSUB', `${prefix}:transitions`))[1]);
    const heard: string[] = [];
    const stop = await backend.watch(() => heard.push('first'));
    const stopOther = await backend.watch(() => heard.push('second'));
    expect(await subscribers()).toBe(1);
    await stop();
    await backend.store('a', null, aRecord(), minute);
    await until('the event', async () => heard.length > 0);
    expect(heard).toEqual(['second']);
    await stopOther();
    await stopOther();
    await until('the subscriber to be gone', async () => (await subscribers()) === 0);
    await backend.watch(() => heard.push('third'));
    await backend.store('b', null, aRecord(), minute);
    await until('the event', async () => heard.includes('third'));
  });

  test('After a broken connection it resumes, and says that something may have been missed', async () => {
    const server = await startRedis();
    const proxy = await startTcpProxy(server.port);
    const client = new Redis({ port: proxy.port, disconnectTimeout: 0 });
    client.on('error', () => {});
    const backend = new RedisBackend({ client });
    const events: WatchEvent[] = [];
    await backend.watch((event) => events.push(event));
    for (const failure of ['cut', 'restart']) {
      events.length = 0;
      if (failure === 'cut') proxy.cut();
      else {
        await server.kill();
        await server.start();
      }
      await until('the gap to be told', async () => namesOf(events).includes('missed'));
      await until('the backend', async () => (await backend.store(failure, null, aRecord(), minute)).applied);
      await until('the event', async () => namesOf(events).includes(failure));
    }
    await backend.close();
    client.disconnect();
    await proxy.stop();
    await server.stop();
  });

  test('A connection that gave up for good is replaced', async () => {
    const server = await startRedis();
    const client = new Redis({ port: server.port, retryStrategy: () => null, disconnectTimeout: 0 });
    client.on('error', () => {});
    const backend = new RedisBackend({ client });
    const direct = redis.client({ port: server.port } as object);
    direct.disconnect();
    const events: WatchEvent[] = [];
    await backend.watch((event) => events.push(event));
    await server.ask('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await until('the gap to be told', async () => namesOf(events).includes('missed'));
    await backend.store('a', null, aRecord(), minute);
    await until('the event', async () => namesOf(events).includes('a'));
    await backend.close();
    client.disconnect();
    await server.stop();
  });

  test("A given subscriber is used, and stays its owner's", async () => {
    const prefix = uniquePrefix();
    const subscriber = redis.client();
    const backend = redis.backend({ prefix, subscriber });
    const heard: WatchEvent[] = [];
    await backend.watch((event) => heard.push(event));
    await backend.store('a', null, aRecord(), minute);
    await until('the event', async () => heard.length === 1);
    await backend.close();
    expect(subscriber.status).toBe('ready');
    expect(subscriber.listenerCount('message')).toBe(0);
    expect(await subscriber.ping()).toBe('PONG');
  });

  test('A message that is no transition counts as one that was missed', async () => {
    const prefix = uniquePrefix();
    const heard: WatchEvent[] = [];
    await redis.backend({ prefix }).watch((event) => heard.push(event));
    await redis.client().publish(`${prefix}:transitions`, 'hello');
    await until('the event', async () => heard.length === 1);
    expect(heard).toEqual([{ type: 'missed' }]);
  });
});

describeWithServer('Watching a real Redis as another user', () => {
  const redis = usePlainRedis({ own: true });

  test('A store works for a user who may not publish', async () => {
    const admin = redis.client();
    await admin.call('ACL', 'SETUSER', 'mute', 'on', '>secret', '~*', 'resetchannels', '+@all');
    const client = redis.client({ username: 'mute', password: 'secret', maxRetriesPerRequest: 0 });
    const backend = redis.backend({ client });
    expect((await backend.store('a', null, aRecord(), minute)).applied).toBe(true);
    expect(await rejectionOf(backend.watch(() => {}))).toMatchObject({ code: 'ERR_STORAGE', retriable: false });
    client.disconnect();
    await admin.call('ACL', 'DELUSER', 'mute');
  });
});
