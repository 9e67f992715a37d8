import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { Redis } from 'ioredis';
import { startRedis, until, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { startTcpProxy } from '../../../tooling/servers/tcp-proxy.mjs';
import { RedisBackend } from '../src/index.js';
import { aRecord, minute, rejectionOf } from './support/records.js';
import { describeWithServer, uniquePrefix, usePlainRedis } from './support/servers.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const lost = { code: 'ERR_LEASE_LOST', circuitName: 'a' };

describeWithServer('Locks on a real Redis', () => {
  const redis = usePlainRedis({ own: true });

  test('A lock has one holder at a time, whoever asks', async () => {
    const prefix = uniquePrefix();
    const backends = [1, 2, 3].map(() => redis.backend({ prefix }));
    let holders = 0;
    let most = 0;
    const work = backends.flatMap((backend) =>
      [1, 2, 3].map(async () => {
        const lease = await backend.lock('a', { lease: 60_000, wait: 60_000 });
        holders += 1;
        most = Math.max(most, holders);
        await pause(5);
        holders -= 1;
        await lease.release();
        return lease.token;
      }),
    );
    const tokens = await Promise.all(work);
    expect(most).toBe(1);
    expect(new Set(tokens).size).toBe(9);
  });

  test('The tokens of successive holders strictly increase, also after the counter was lost', async () => {
    const backend = redis.backend();
    const tokens: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const lease = await backend.lock('a', { lease: 60_000 });
      tokens.push(lease.token);
      await lease.release();
    }
    expect(tokens).toEqual([...new Set(tokens)].sort((one, other) => one - other));

    const prefix = uniquePrefix();
    const flushed = redis.backend({ prefix });
    const before = await flushed.lock('a', { lease: 60_000 });
    await redis.client().del(`${prefix}:{a}:fence`, `${prefix}:{a}:lock`);
    const after = await flushed.lock('a', { lease: 60_000 });
    expect(after.token).toBeGreaterThan(before.token);
  });

  test('A token counter that is ahead of the clock goes on by one', async () => {
    const prefix = uniquePrefix();
    const ahead = 9_000_000_000_000_000;
    await redis.client().set(`${prefix}:{a}:fence`, ahead);
    const lease = await redis.backend({ prefix }).lock('a', { lease: 60_000 });
    expect(lease.token).toBe(ahead + 1);
  });

  test('A lock may be taken for less time than the first connection takes', async () => {
    const server = await startRedis();
    const proxy = await startTcpProxy(server.port);
    proxy.freeze();
    const client = new Redis({ port: proxy.port, disconnectTimeout: 0 });
    const clock = new VirtualClock();
    const backend = new RedisBackend({ client, clock });
    const locking = backend.lock('a', { lease: 2_000 });
    await until('both connections to be under way', async () => proxy.connections === 2);
    await clock.advance(2_200);
    proxy.thaw();
    const lease = await locking;
    expect(lease.token).toBeGreaterThan(0);
    await backend.close();
    client.disconnect();
    await proxy.stop();
    await server.stop();
  });

  test('Without waiting a held lock is refused at once, and with waiting after that time', async () => {
    const backend = redis.backend();
    await backend.lock('a', { lease: 60_000 });
    const refused = { code: 'ERR_LOCK_TIMEOUT', circuitName: 'a' };
    expect(await rejectionOf(backend.lock('a', { lease: 1_000 }))).toMatchObject({ ...refused, waited: 0 });
    expect(await rejectionOf(backend.lock('a', { lease: 1_000, wait: 50 }))).toMatchObject({ ...refused, waited: 50 });
  });

  test('Waiting ends with the signal, and with its reason', async () => {
    const backend = redis.backend();
    await backend.lock('a', { lease: 60_000 });
    const controller = new AbortController();
    const reason = new Error('no longer');
    const waiting = backend.lock('a', { lease: 1_000, wait: 60_000, signal: controller.signal });
    await pause(30);
    controller.abort(reason);
    const error = await rejectionOf(waiting);
    expect([error, error.cause]).toContain(reason);
  });

  test('A lease that nobody extends ends by itself, and its holder can do no harm any more', async () => {
    const backend = redis.backend();
    const first = await backend.lock('a', { lease: 300, wait: 20_000 });
    const second = await backend.lock('a', { lease: 60_000, wait: 20_000 });
    expect(second.token).toBeGreaterThan(first.token);
    expect(await rejectionOf(first.extend(1_000))).toMatchObject(lost);
    expect(await rejectionOf(first.release())).toMatchObject(lost);
    await second.extend(60_000);
    await second.release();
    expect(await rejectionOf(second.release())).toMatchObject(lost);
    expect(await rejectionOf(second.extend(1_000))).toMatchObject(lost);
  });

  test('Extending moves the end, also nearer, and extensions may overlap', async () => {
    const prefix = uniquePrefix();
    const backend = redis.backend({ prefix });
    const left = (): Promise<number> => redis.client().pttl(`${prefix}:{a}:lock`);
    const lease = await backend.lock('a', { lease: 30_000 });
    await Promise.all([lease.extend(50_000), lease.extend(100_000)]);
    expect(await left()).toBeGreaterThan(50_000);
    await lease.extend(20_000);
    expect(await left()).toBeLessThanOrEqual(20_000);
    await lease.release();
    expect(await left()).toBe(-2);
  });

  test('A lease whose key somebody deleted is lost, promptly and without repeated asking', async () => {
    const prefix = uniquePrefix();
    const backend = redis.backend({ prefix });
    for (const use of ['extend', 'release'] as const) {
      const lease = await backend.lock('a', { lease: 60_000 });
      await redis.client().del(`${prefix}:{a}:lock`);
      const other = await backend.lock('a', { lease: 60_000 });
      expect(await rejectionOf(use === 'extend' ? lease.extend(1_000) : lease.release())).toMatchObject(lost);
      await other.release();
    }
  });

  test('A lost lease is asked about once, not for the whole time that redlock would try again', async () => {
    const server = await startRedis();
    const client = new Redis({ port: server.port, maxRetriesPerRequest: 0, disconnectTimeout: 0 });
    const backend = new RedisBackend({ client });
    for (const use of ['extend', 'release'] as const) {
      const lease = await backend.lock('a', { lease: 60_000 });
      await client.del('circuitry:{a}:lock');
      await client.config('RESETSTAT');
      expect(await rejectionOf(use === 'extend' ? lease.extend(1_000) : lease.release())).toMatchObject(lost);
      expect(await client.info('commandstats')).toMatch(/cmdstat_eval(sha)?:calls=1,/);
    }
    await backend.close();
    client.disconnect();
    await server.stop();
  });

  test('A lock, or its token, that came after the time of its lease is not given out', async () => {
    const proxy = await startTcpProxy(Number(new URL(redis.url).port));
    const client = new Redis({ port: proxy.port, maxRetriesPerRequest: 0, disconnectTimeout: 0 });
    const slow = redis.backend({ client });
    for (const warm of ['a', 'b']) await (await slow.lock(warm, { lease: 60_000 })).release();
    // 400 ms there and back: the first lease is over before its lock comes, and the second before its token.
    proxy.delay(200);
    for (const lease of [300, 600]) {
      expect(await rejectionOf(slow.lock('a', { lease, signal: AbortSignal.timeout(30_000) }))).toMatchObject({
        code: 'ERR_STORAGE',
        message: expect.stringContaining('longer'),
      });
    }
    client.disconnect();
    await proxy.stop();
  });

  test('A lock that came late once is tried for again, though its caller would not wait for another holder', async () => {
    const proxy = await startTcpProxy(Number(new URL(redis.url).port));
    const client = new Redis({ port: proxy.port, maxRetriesPerRequest: 0, disconnectTimeout: 0 });
    // Its time passes only while the answer is held back: the second one is late on no machine.
    const clock = new VirtualClock();
    const slow = redis.backend({ client, clock });
    await (await slow.lock('a', { lease: 60_000 })).release();
    proxy.freeze();
    const locking = slow.lock('a', { lease: 1_000 });
    await until('the lock to be asked for', async () => proxy.held > 0);
    await clock.advance(1_200);
    proxy.thaw();
    const lease = await locking;
    await lease.release();
    client.disconnect();
    await proxy.stop();
  });

  test('A lock that came late is given back also where its worker’s clock stepped back meanwhile', async () => {
    const proxy = await startTcpProxy(Number(new URL(redis.url).port));
    const client = new Redis({ port: proxy.port, maxRetriesPerRequest: 0, disconnectTimeout: 0 });
    const clock = new VirtualClock();
    const slow = redis.backend({ client, clock });
    await (await slow.lock('a', { lease: 60_000 })).release();
    await client.config('RESETSTAT');
    proxy.freeze();
    const locking = slow.lock('a', { lease: 1_000 });
    await until('the lock to be asked for', async () => proxy.held > 0);
    await clock.advance(1_200);
    clock.step(-3_600_000);
    proxy.thaw();
    const lease = await locking;
    // Taken, given back, and taken again.
    expect(await client.info('commandstats')).toMatch(/cmdstat_evalsha:calls=3,/);
    await lease.release();
    client.disconnect();
    await proxy.stop();
  });

  test('A lock is waited for no longer than its caller would, though the clock steps back meanwhile', async () => {
    const prefix = uniquePrefix();
    await redis.backend({ prefix }).lock('a', { lease: 600_000 });
    const clock = { error: 0, now: () => Date.now() + clock.error, after: systemClock.after.bind(systemClock) };
    const begun = performance.now();
    const waiting = rejectionOf(redis.backend({ prefix, clock }).lock('a', { lease: 1_000, wait: 400 }));
    systemClock.after(150, () => (clock.error = -20_000));
    expect(await waiting).toMatchObject({ code: 'ERR_LOCK_TIMEOUT', waited: 400 });
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('A lock that was waited for longer than its lease lasts has all of its time', async () => {
    const backend = redis.backend();
    await backend.lock('a', { lease: 2_500 });
    const lease = await backend.lock('a', { lease: 2_000, wait: 30_000 });
    // Were it counted from the call, nothing would be left. What the machine takes from now on is no part of it.
    expect(lease.left).toBeGreaterThanOrEqual(2_000 / 3);
    await lease.release().catch(() => {});
  });

  test('A lock and the record of the same name have nothing to do with one another', async () => {
    const backend = redis.backend();
    const lease = await backend.lock('a', { lease: 60_000 });
    expect((await backend.retrieve('a')).record).toBeNull();
    await backend.store('a', null, aRecord(), minute);
    await backend.delete('a');
    await lease.extend(60_000);
    await lease.release();
  });

  test('A lock that was granted after its caller had given up is given back', async () => {
    const proxy = await startTcpProxy(Number(new URL(redis.url).port));
    const prefix = uniquePrefix();
    const client = new Redis({ port: proxy.port, disconnectTimeout: 0 });
    const slow = new RedisBackend({ client, prefix });
    await slow.retrieve('a');
    const controller = new AbortController();
    proxy.freeze();
    const locking = rejectionOf(slow.lock('a', { lease: 60_000, signal: controller.signal }));
    await until('the lock to be asked for', async () => proxy.held > 0);
    controller.abort();
    expect(await locking).toMatchObject({ code: 'ERR_STORAGE', ambiguous: true });
    proxy.thaw();
    const lease = await redis.backend({ prefix }).lock('a', { lease: 1_000, wait: 20_000 });
    await lease.release();
    await slow.close();
    client.disconnect();
    await proxy.stop();
  });
});

describeWithServer('Locks on a quorum of independent servers', () => {
  const redis = usePlainRedis();
  let servers: RedisServer[];
  let clients: Redis[];
  beforeAll(async () => {
    servers = await Promise.all([1, 2, 3].map(() => startRedis()));
    clients = servers.map(({ port }) => new Redis({ port, maxRetriesPerRequest: 0, disconnectTimeout: 0 }));
    for (const client of clients) client.on('error', () => {});
    await Promise.all(clients.map((client) => client.ping()));
  });
  afterAll(async () => {
    for (const client of clients) client.disconnect();
    await Promise.all(servers.map((server) => server.stop()));
  });

  test('The lock is on every server, and the token counter where the circuits are', async () => {
    const prefix = uniquePrefix();
    const holders = async (): Promise<number> => {
      const counts = await Promise.all(clients.map((client) => client.exists(`${prefix}:{a}:lock`)));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    const lease = await redis.backend({ prefix, lockClients: clients }).lock('a', { lease: 60_000 });
    // A majority is enough for the lock, and for its end: the last server may be told a little later.
    await until('the lock to be everywhere', async () => (await holders()) === 3);
    expect(await redis.client().exists(`${prefix}:{a}:lock`)).toBe(0);
    expect(await redis.client().exists(`${prefix}:{a}:fence`)).toBe(1);
    await lease.release();
    await until('the lock to be gone', async () => (await holders()) === 0);
  });

  test('A minority that another holds is overruled, and a majority is not; what was got meanwhile is given back', async () => {
    const prefix = uniquePrefix();
    const backend = redis.backend({ prefix, lockClients: clients });
    const key = `${prefix}:{a}:lock`;
    await clients[0]?.set(key, 'somebody', 'PX', 60_000);
    const lease = await backend.lock('a', { lease: 60_000 });
    await lease.extend(60_000);
    await lease.release();
    await clients[1]?.set(key, 'somebody', 'PX', 60_000);
    expect(await rejectionOf(backend.lock('a', { lease: 60_000 }))).toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await until('the minority to be given back', async () => (await clients[2]?.exists(key)) === 0);
  });

  test('An even number of lock clients, on which redlock would hang at a split vote, is refused', () => {
    const [one, two] = clients as [Redis, Redis];
    expect(() => redis.backend({ lockClients: [one, two] })).toThrow('odd number');
    expect(() => redis.backend({ lockClients: [] })).toThrow('odd number');
    expect(() => redis.backend({ lockClients: [one, one, two] })).toThrow('different');
  });

  test('A frozen minority costs nothing but its vote; a frozen majority ends with the lease, never later', async () => {
    const backend = redis.backend({ lockClients: clients });
    await servers[0]?.kill('SIGSTOP');
    const lease = await backend.lock('a', { lease: 60_000 });
    await lease.release();
    await servers[1]?.kill('SIGSTOP');
    expect(await rejectionOf(backend.lock('a', { lease: 200 }))).toMatchObject({ code: 'ERR_STORAGE' });
    const aborted = await rejectionOf(backend.lock('a', { lease: 60_000, signal: AbortSignal.timeout(100) }));
    expect(aborted).toMatchObject({ code: 'ERR_STORAGE' });
    for (const server of servers.slice(0, 2)) await server.kill('SIGCONT');
    const again = await backend.lock('b', { lease: 1_000, wait: 20_000 });
    await servers[0]?.kill('SIGSTOP');
    await servers[1]?.kill('SIGSTOP');
    expect(await rejectionOf(again.extend(60_000))).toMatchObject({ code: 'ERR_LEASE_LOST' });
    for (const server of servers.slice(0, 2)) await server.kill('SIGCONT');
  }, 60_000);

  test('A majority that is down is a StorageError, not a lock that somebody holds, though the last server hangs', async () => {
    const backend = redis.backend({ lockClients: clients });
    const lease = await backend.lock('a', { lease: 60_000 });
    await servers[0]?.kill('SIGSTOP');
    await servers[1]?.kill();
    await servers[2]?.kill();
    expect(await rejectionOf(backend.lock('b', { lease: 60_000, wait: 100 }))).toMatchObject({ code: 'ERR_STORAGE' });
    expect(await rejectionOf(lease.extend(60_000))).toMatchObject({ code: 'ERR_STORAGE' });
    expect(await rejectionOf(lease.release())).toMatchObject({ code: 'ERR_STORAGE' });
  }, 60_000);
});
