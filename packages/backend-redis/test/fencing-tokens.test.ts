import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { startRedis, until, type RedisServer } from '../../../tooling/servers/redis.mjs';
import { makeSteppingClock, noSteppingClock, type SteppingClock } from '../../../tooling/servers/stepping-clock.mjs';
import { RedisBackend, type RedisBackendOptions } from '../src/index.js';
import { TokenFloor } from '../src/lock/token-floor.js';
import { rejectionOf } from './support/records.js';
import { noServer } from './support/servers.js';

const reason = noServer ?? noSteppingClock();
const describeWithClock = reason === null ? describe : describe.skip;

describeWithClock(`Fencing tokens and the server's clock${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let clock: SteppingClock;
  let server: RedisServer;
  const ends: (() => unknown)[] = [];
  beforeAll(async () => {
    clock = makeSteppingClock();
    server = await startRedis({ env: clock.env });
  });
  beforeEach(async () => {
    clock.setBy(0);
    await server.ask('FLUSHALL');
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
    await server.stop();
    clock.remove();
  });

  const connect = (): Redis => {
    const client = new Redis({ port: server.port, disconnectTimeout: 0, maxRetriesPerRequest: 0 });
    client.on('error', () => {});
    ends.push(() => client.disconnect());
    return client;
  };
  const process = (options: Partial<RedisBackendOptions> = {}): RedisBackend => {
    const backend = new RedisBackend({ client: connect(), ...options });
    ends.push(() => backend.close());
    return backend;
  };
  const tokenOf = async (backend: RedisBackend, name = 'a'): Promise<number> => {
    const lease = await backend.lock(name, { lease: 60_000 });
    await lease.release();
    return lease.token;
  };
  const flushWithClockBehind = async (): Promise<void> => {
    await server.ask('FLUSHALL');
    clock.setBy(-60_000);
  };

  test('They rise while the counter is there, whatever the clock does', async () => {
    const [one, other] = [process(), process()];
    const tokens: number[] = [];
    for (const [off, backend] of [
      [0, one],
      [-60_000, other],
      [3_600_000, one],
      [-3_600_000, process()],
    ] as const) {
      clock.setBy(off);
      tokens.push(await tokenOf(backend));
    }
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b));
  });

  test('Over a flush while the clock is set back they rise for who drew the last one', async () => {
    const holder = process();
    const before = await tokenOf(holder);
    await flushWithClockBehind();
    expect(await tokenOf(holder)).toBeGreaterThan(before);
  });

  test('… for who waited behind its holder', async () => {
    const [holder, waiter] = [process({ prefix: 'w' }), process({ prefix: 'w' })];
    const held = await holder.lock('a', { lease: 60_000 });
    expect(await rejectionOf(waiter.lock('a', { lease: 60_000 }))).toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await flushWithClockBehind();
    expect(await tokenOf(waiter)).toBeGreaterThan(held.token);
  });

  test('… and for who has asked for any circuit since, with the server’s time or without', async () => {
    for (const serverTime of [true, false]) {
      const [holder, other] = [process(), process({ serverTime })];
      const before = await tokenOf(holder);
      await other.retrieve('another circuit');
      await flushWithClockBehind();
      expect(await tokenOf(other)).toBeGreaterThan(before);
      clock.setBy(0);
      await server.ask('FLUSHALL');
    }
  });

  test('… also where the lock is on other servers', async () => {
    const elsewhere = await startRedis();
    const client = new Redis({ port: elsewhere.port, disconnectTimeout: 0 });
    ends.push(
      () => elsewhere.stop(),
      () => client.disconnect(),
    );
    const holder = process({ lockClients: [client] });
    const before = await tokenOf(holder);
    await flushWithClockBehind();
    expect(await tokenOf(holder)).toBeGreaterThan(before);
  });

  test('… and over a restart without persistence whose clock is 2 s behind', async () => {
    const holder = process();
    const before = await tokenOf(holder);
    await server.kill();
    clock.setBy(-2_000);
    await server.start();
    await until('the server to be back', () =>
      holder.retrieve('a').then(
        () => true,
        () => false,
      ),
    );
    expect(await tokenOf(holder)).toBeGreaterThan(before);
  });

  test('A process that has heard nothing draws smaller ones, until the clock is where it was', async () => {
    const before = await tokenOf(process());
    await flushWithClockBehind();
    expect(await tokenOf(process())).toBeLessThan(before);
    // One that has heard lifts the counter, for all that come after.
    clock.setBy(0);
    expect(await tokenOf(process())).toBeGreaterThan(before);
  });
});

test('One lock’s spoilt counter does not use up the tokens of the others', () => {
  const floor = new TokenFloor();
  floor.noteToken(1_000);
  for (const spoilt of [NaN, 2 ** 53, Number.MAX_SAFE_INTEGER, 2 ** 52]) floor.noteToken(spoilt);
  expect(floor.least).toBe('1001');
  floor.noteClock(2);
  expect(floor.least).toBe('3000');
});
