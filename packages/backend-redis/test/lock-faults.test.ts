import { expect, test } from '@jest/globals';
import { VirtualClock } from '@circuitry/core/testing';
import { Redis } from 'ioredis';
import { until } from '../../../tooling/servers/redis.mjs';
import { startTcpProxy } from '../../../tooling/servers/tcp-proxy.mjs';
import { rejectionOf } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

const endless = 600_000;

describeWithServer('Locks that meet a fault, on a real Redis', () => {
  const redis = usePlainRedis({ own: true });

  const damages = ['abc', '', '1.5', '-5', '1e400', '0xFF', ' 5', '9007199254740991', '9223372036854775807'];
  test.each(
    damages.flatMap((text) => [
      { text, voted: false },
      { text, voted: true },
    ]),
  )(
    'A token counter that holds $text gives no lock, is named and left alone (on several servers: $voted)',
    async ({ text, voted }) => {
      const prefix = uniquePrefix();
      const [lock, fence] = [`${prefix}:{a}:lock`, `${prefix}:{a}:fence`];
      const client = redis.client();
      await client.set(fence, text);
      const backend = redis.backend({ prefix, ...(voted && { lockClients: [redis.client()] }) });
      const refused = await rejectionOf(backend.lock('a', { lease: endless }));
      expect(refused).toMatchObject({ code: 'ERR_CORRUPT_RECORD', circuitName: 'a', field: 'token' });
      expect(refused.message).toContain(JSON.stringify(fence));
      expect(await client.get(fence)).toBe(text);
      // Nobody has it, so nobody waits for its end.
      await until('the lock to be free', async () => (await client.exists(lock)) === 0);
      await client.del(fence);
      await (await backend.lock('a', { lease: endless })).release();
    },
  );

  test('A token that can’t be drawn leaves no lock that nobody holds', async () => {
    const prefix = uniquePrefix();
    const client = redis.client();
    await client.rpush(`${prefix}:{a}:fence`, 'a list');
    const backend = redis.backend({ prefix });
    await rejectionOf(backend.lock('a', { lease: endless }));
    expect(await client.exists(`${prefix}:{a}:lock`)).toBe(0);
  });

  test('A lock that nothing is heard of is told as such, and may have been taken', async () => {
    const proxy = await startTcpProxy(Number(new URL(redis.url).port));
    const client = new Redis({ port: proxy.port, disconnectTimeout: 0 });
    const clock = new VirtualClock();
    const backend = redis.backend({ client, clock });
    await (await backend.lock('a', { lease: 1_000 })).release();
    proxy.freeze();
    const refused = rejectionOf(backend.lock('a', { lease: 1_000 }));
    await until('the lock to be asked for', async () => proxy.held > 0);
    await clock.advance(8_000);
    expect(await refused).toMatchObject({
      code: 'ERR_STORAGE',
      ambiguous: true,
      message: expect.stringContaining('no answer came within 8000 ms'),
    });
    proxy.thaw();
    client.disconnect();
    await proxy.stop();
  });

  test('A lease that can’t be extended is lost within its time, though the clock stepped back meanwhile', async () => {
    const proxy = await startTcpProxy(Number(new URL(redis.url).port));
    const client = new Redis({ port: proxy.port, disconnectTimeout: 0 });
    const clock = new VirtualClock();
    const backend = redis.backend({ client, clock });
    const lease = await backend.lock('a', { lease: 2_000 });
    clock.step(-3_600_000);
    proxy.freeze();
    const lost = rejectionOf(lease.extend(2_000));
    await until('the lease to be extended', async () => proxy.held > 0);
    await clock.advance(2_000);
    expect(await lost).toMatchObject({ code: 'ERR_LEASE_LOST', circuitName: 'a' });
    proxy.thaw();
    client.disconnect();
    await proxy.stop();
  });
});
