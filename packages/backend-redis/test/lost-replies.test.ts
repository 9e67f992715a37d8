import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis, type CommonRedisOptions } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { startTcpProxy, type TcpProxy } from '../../../tooling/servers/tcp-proxy.mjs';
import { until } from '../../../tooling/servers/redis.mjs';
import { RedisBackend } from '../src/index.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

type Options = Omit<CommonRedisOptions, 'replyMapping' | 'protocol'>;

/** The client settings that people have: ioredis's defaults, BullMQ's, and the ones that our documents name. */
const settings: Record<string, Options> = {
  'ioredis defaults': {},
  'maxRetriesPerRequest null, as BullMQ wants it': { maxRetriesPerRequest: null },
  'no resending, which ioredis then never settles': { autoResendUnfulfilledCommands: false },
  'maxRetriesPerRequest 0': { maxRetriesPerRequest: 0 },
  'maxRetriesPerRequest 0 without an offline queue': { maxRetriesPerRequest: 0, enableOfflineQueue: false },
  'automatic pipelining': { enableAutoPipelining: true },
};

describeWithServer('A reply that is lost', () => {
  const redis = usePlainRedis({ own: true });
  let proxy: TcpProxy;
  beforeAll(async () => {
    proxy = await startTcpProxy(Number(new URL(redis.url).port));
  });
  afterAll(() => proxy.stop());

  const clients = Object.entries(settings).flatMap(([title, options]) => [
    { title: `${title}, ioredis 6`, make: () => new Redis({ port: proxy.port, disconnectTimeout: 0, ...options }) },
    {
      title: `${title}, ioredis 5`,
      make: () => new Redis5({ port: proxy.port, disconnectTimeout: 0, ...options } as object) as unknown as Redis,
    },
  ]);

  test.each(clients)(
    'An apply is counted once, and its error says that it may have happened ($title)',
    async ({ make }) => {
      const client = make();
      client.on('error', () => {});
      if (client.status !== 'ready') await new Promise((resolve) => client.once('ready', resolve));
      const prefix = uniquePrefix();
      const backend = new RedisBackend({ client, prefix });
      const direct = redis.backend({ prefix });
      try {
        await backend.store('a', null, aRecord(), minute);
        await backend.apply('a', aRecord().revision, { add: { x: 1 } }, minute);

        const lost = proxy.loseReply();
        const error = await rejectionOf(backend.apply('a', aRecord().revision, { add: { x: 1 } }, minute));
        await lost;
        expect(error).toMatchObject({ code: 'ERR_STORAGE', ambiguous: true, retriable: true });
        expect(error.message).toContain('"a"');
        expect(error.cause).toBeInstanceOf(Error);

        // The same object works again, and nothing is sent a second time behind its back.
        await until('the backend to work again', async () => (await backend.retrieve('a')).record !== null);
        await backend.apply('a', aRecord().revision, { add: { y: 1 } }, minute);
        expect((await direct.retrieve('a')).record?.counters).toEqual({ x: 2, y: 1 });
      } finally {
        await backend.close();
        client.disconnect();
      }
    },
  );

  test('A read whose answer was lost is asked for again over the next connection', async () => {
    const client = new Redis({ port: proxy.port, maxRetriesPerRequest: 0, disconnectTimeout: 0 });
    client.on('error', () => {});
    const backend = new RedisBackend({ client });
    await backend.retrieve('a');
    const lost = proxy.loseReply();
    const reading = backend.retrieve('a');
    await lost;
    expect((await reading).record).toBeNull();
    await backend.close();
    client.disconnect();
  });
});
