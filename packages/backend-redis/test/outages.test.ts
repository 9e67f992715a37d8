import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { getEventListeners } from 'node:events';
import { startTcpProxy, type TcpProxy } from '../../../tooling/servers/tcp-proxy.mjs';
import { startRedis, until, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { describeWithServer } from './support/servers.js';

jest.setTimeout(120_000);

describeWithServer('Outages of a real Redis', () => {
  let server: RedisServer;
  let proxy: TcpProxy;
  let client: Redis;
  let backend: RedisBackend;
  const { revision } = aRecord();

  beforeEach(async () => {
    server = await startRedis();
    proxy = await startTcpProxy(server.port);
    client = new Redis({ port: proxy.port, disconnectTimeout: 0 });
    client.on('error', () => {});
    backend = new RedisBackend({ client });
  });
  afterEach(async () => {
    await backend.close();
    client.disconnect();
    await proxy.stop();
    await server.stop();
  });

  const verbs = {
    retrieve: (signal?: AbortSignal) => backend.retrieve('a', { ...(signal && { signal }) }),
    apply: (signal?: AbortSignal) =>
      backend.apply('a', revision, { add: { x: 1 } }, { ...minute, ...(signal && { signal }) }),
    store: (signal?: AbortSignal) => backend.store('a', null, aRecord(), { ...minute, ...(signal && { signal }) }),
    lock: (signal?: AbortSignal) => backend.lock('a', { lease: 60_000, wait: 60_000, ...(signal && { signal }) }),
    delete: (signal?: AbortSignal) => backend.delete('a', { ...(signal && { signal }) }),
    list: (signal?: AbortSignal) => backend.list({ ...(signal && { signal }) }).next(),
    watch: (signal?: AbortSignal) => backend.watch(() => {}, { ...(signal && { signal }) }),
  };

  test('While the server is down every verb rejects with a StorageError, and afterwards the same object works', async () => {
    await backend.store('a', null, aRecord(), minute);
    await server.kill('SIGKILL');
    for (const [verb, call] of Object.entries(verbs)) {
      const error = await rejectionOf(call(AbortSignal.timeout(2_000)));
      expect({ verb, code: error['code'] }).toEqual({ verb, code: 'ERR_STORAGE' });
      expect(error.cause).toBeDefined();
    }
    await server.start();
    await until('the backend to work again', async () => (await backend.retrieve('a')).record === null);
    expect((await backend.store('a', null, aRecord(), minute)).applied).toBe(true);
    const lease = await backend.lock('a', { lease: 5_000 });
    await lease.release();
  });

  test('What was never sent says that it did not happen, and is not sent later', async () => {
    await backend.store('a', null, aRecord(), minute);
    proxy.refuse();
    await until('the connection to be gone', async () => (await rejectionOf(verbs.retrieve())) !== null);
    const error = await rejectionOf(verbs.apply(AbortSignal.timeout(30)));
    expect(error).toMatchObject({ code: 'ERR_STORAGE', ambiguous: false });
    proxy.refuse(false);
    await until('the backend to work again', async () => (await backend.retrieve('a')).record !== null);
    expect((await backend.retrieve('a')).record?.counters).toEqual({});
  });

  test('While the network is frozen every call ends with its signal, and a write says that it may have happened', async () => {
    await backend.store('a', null, aRecord(), minute);
    proxy.freeze();
    for (const [verb, call] of Object.entries(verbs)) {
      const error = await rejectionOf(call(AbortSignal.timeout(50)));
      expect({ verb, code: error['code'] }).toEqual({ verb, code: 'ERR_STORAGE' });
      expect(error.cause).toMatchObject({ name: 'TimeoutError' });
      if (verb === 'apply' || verb === 'store') expect(error['ambiguous']).toBe(true);
      if (verb === 'retrieve') expect(error['ambiguous']).toBe(false);
    }
    proxy.thaw();
    await until('the backend to work again', async () => (await backend.retrieve('b')).record === null);
  });

  test('A slow network makes calls slow, and nothing else', async () => {
    proxy.delay(20);
    await backend.store('a', null, aRecord(), minute);
    const calls = Array.from({ length: 20 }, () => backend.apply('a', revision, { add: { x: 1 } }, minute));
    await Promise.all(calls);
    expect((await backend.retrieve('a')).record?.counters['x']).toBe(20);
  });

  test('A call whose signal is aborted already rejects with its reason and sends nothing', async () => {
    const reason = new Error('not any more');
    for (const call of Object.values(verbs)) {
      expect(await rejectionOf(call(AbortSignal.abort(reason)))).toBe(reason);
    }
    expect((await backend.retrieve('a')).record).toBeNull();
  });

  test('Ten thousand calls with one signal share one listener on it, and leave none', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    let most = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      most = Math.max(most, listeners);
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    for (let round = 0; round < 1_000; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => backend.retrieve('a', { signal })));
    }
    expect(most).toBe(1);
    await until('the listener to be gone', async () => listeners === 0);
  });

  test('A closed backend has no listener on any signal', async () => {
    const { signal } = new AbortController();
    await backend.retrieve('a', { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await backend.close();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('Closing rejects what is in flight and all that follows, and ends only the own connections', async () => {
    const { watch, ...others } = verbs;
    await watch();
    const held = await backend.lock('held', { lease: 60_000 });
    proxy.freeze();
    const flying = [...Object.values(others).map((call) => call()), held.extend(1_000)];
    const rejections = Promise.all(flying.map((call) => rejectionOf(call)));
    await new Promise((resolve) => setImmediate(resolve));
    await backend.close();
    for (const error of await rejections) expect(error['code']).toBe('ERR_CLOSED');
    for (const call of Object.values(verbs)) expect(await rejectionOf(call())).toMatchObject({ code: 'ERR_CLOSED' });
    expect(await rejectionOf(held.release())).toMatchObject({ code: 'ERR_CLOSED' });
    await backend.close();
    proxy.thaw();
    expect(await client.ping()).toBe('PONG');
    await until('only the own connection to be left', async () => proxy.connections === 1);
  });

  test('Closing while the server is down ends too', async () => {
    await backend.retrieve('a');
    await server.kill('SIGKILL');
    await rejectionOf(backend.retrieve('a'));
    await backend.close();
    expect(await rejectionOf(backend.retrieve('a'))).toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('A client that its owner ended takes nothing from the backend, whose connections are its own', async () => {
    const own = new Redis({ port: proxy.port, maxRetriesPerRequest: 0, disconnectTimeout: 0 });
    const onIt = new RedisBackend({ client: own });
    await onIt.retrieve('a');
    const ended = new Promise((resolve) => own.once('end', resolve));
    await own.quit();
    await ended;
    expect((await onIt.retrieve('a')).record).toBeNull();
    await onIt.close();
  });
});
