import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { MemoryBackend, type Lease } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import { MemoryLocks } from '../../src/memory/memory-locks.js';

function newStore(): { clock: VirtualClock; backend: MemoryBackend } {
  const clock = new VirtualClock(1_000_000);
  return { clock, backend: new MemoryBackend({ clock }) };
}

describe('a lock in memory', () => {
  test('has one holder at a time, over all handles, and stands apart from other names', async () => {
    const { backend } = newStore();
    await backend.lock('a', { lease: 1_000 });
    await expect(backend.connect().lock('a', { lease: 1_000 })).rejects.toMatchObject({
      code: 'ERR_LOCK_TIMEOUT',
      waited: 0,
    });
    await expect(backend.lock('b', { lease: 1_000 })).resolves.toBeDefined();
  });

  test.each([
    [999, false],
    [1_000, true],
    [1_001, true],
  ])('whose lease of 1,000 ms nobody extends is free after %i ms: %s', async (ms, isFree) => {
    const { clock, backend } = newStore();
    const old = await backend.lock('a', { lease: 1_000 });
    clock.step(ms);
    const taking = backend.lock('a', { lease: 1_000 });
    if (!isFree) return expect(taking).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    expect((await taking).token).toBeGreaterThan(old.token);
    await expect(old.release()).rejects.toMatchObject({ code: 'ERR_LEASE_LOST' });
    await expect(backend.lock('a', { lease: 1 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
  });

  test('ends at now and the ms that its lease is extended by', async () => {
    const { clock, backend } = newStore();
    const lease = await backend.lock('a', { lease: 1_000 });
    clock.step(999);
    await lease.extend(500);
    clock.step(499);
    await lease.extend(1);
    clock.step(1);
    await expect(lease.extend(1)).rejects.toMatchObject({ code: 'ERR_LEASE_LOST' });
  });

  test('that is released is lost to its holder and free to the next, whose token is higher', async () => {
    const { backend } = newStore();
    const tokens: number[] = [];
    for (let holder = 0; holder < 3; holder += 1) {
      const lease = await backend.lock('a', { lease: 1_000 });
      tokens.push(lease.token);
      await lease.release();
      await expect(lease.release()).rejects.toMatchObject({ code: 'ERR_LEASE_LOST' });
      await expect(lease.extend(1)).rejects.toMatchObject({ code: 'ERR_LEASE_LOST' });
    }
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b));
  });
});

describe('those who wait for a lock', () => {
  test('get it in the order in which they came', async () => {
    const { clock, backend } = newStore();
    const first = await backend.lock('a', { lease: 60_000 });
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (each): Promise<void> => {
      const lease = await backend.connect().lock('a', { lease: 60_000, wait: 60_000 });
      order.push(each);
      await lease.release();
    });
    await first.release();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
    expect(clock.pending).toBe(0);
  });

  test('get it when the lease of a dead holder ends', async () => {
    const { clock, backend } = newStore();
    await backend.lock('a', { lease: 1_000 });
    let got: Lease | null = null;
    void backend.lock('a', { lease: 1_000, wait: 5_000 }).then((lease) => (got = lease));
    await clock.advance(999);
    expect(got).toBeNull();
    await clock.advance(1);
    expect(got).not.toBeNull();
    expect(clock.pending).toBe(0);
  });

  test('wait on when the lease is extended', async () => {
    const { clock, backend } = newStore();
    const held = await backend.lock('a', { lease: 1_000 });
    let got = false;
    void backend.lock('a', { lease: 1_000, wait: 5_000 }).then(() => (got = true));
    await clock.advance(500);
    await held.extend(2_000);
    await clock.advance(1_999);
    expect(got).toBe(false);
    await clock.advance(1);
    expect(got).toBe(true);
  });

  test('give up when their time is over', async () => {
    const { clock, backend } = newStore();
    await backend.lock('a', { lease: 60_000 });
    const waiting = expect(backend.lock('a', { lease: 1, wait: 1_000 })).rejects.toMatchObject({
      code: 'ERR_LOCK_TIMEOUT',
      waited: 1_000,
    });
    await clock.advance(1_000);
    await waiting;
    expect(clock.pending).toBe(0);
  });

  test('stop for their signal, leave no listener behind, and the next in line is not forgotten', async () => {
    const { clock, backend } = newStore();
    const held = await backend.lock('a', { lease: 60_000 });
    const controller = new AbortController();
    const leaving = backend.lock('a', { lease: 1_000, wait: 60_000, signal: controller.signal });
    const staying = backend.lock('a', { lease: 1_000, wait: 60_000 });
    controller.abort('enough');
    await expect(leaving).rejects.toBe('enough');
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    await held.release();
    await expect(staying).resolves.toBeDefined();
    expect(clock.pending).toBe(0);
  });

  test('stop when their handle is closed; the lock stays with its holder', async () => {
    const { clock, backend } = newStore();
    const held = await backend.lock('a', { lease: 60_000 });
    const other = backend.connect();
    const waiting = other.lock('a', { lease: 1, wait: 60_000 });
    await other.close();
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_CLOSED' });
    expect(clock.pending).toBe(0);
    await held.extend(1_000);
    await backend.close();
    await expect(held.extend(1_000)).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  });
});

describe('locks that nobody released', () => {
  test('go once their leases are over, as other names are locked', () => {
    const clock = new VirtualClock(1_000_000);
    const locks = new MemoryLocks(clock);
    let most = 0;
    for (let each = 0; each < 1_000; each += 1) {
      locks.tryAcquire(`lapsed-${each}`, 10);
      clock.step(1);
      most = Math.max(most, locks.size);
    }
    expect(most).toBeLessThan(40);
  });

  test('stay while their leases last, and while somebody waits', async () => {
    const clock = new VirtualClock(1_000_000);
    const locks = new MemoryLocks(clock);
    const held = locks.tryAcquire('held', 5_000) as number;
    locks.tryAcquire('awaited', 10);
    const waiting = locks.wait('awaited', 1_000, 2_000, []);
    clock.step(10);
    for (let each = 0; each < 100; each += 1) locks.tryAcquire(`other-${each}`, 1);
    const earlier = locks.tryAcquire('awaited', 500) as number;
    locks.release('awaited', earlier);
    const woken = new Promise((resolve) => setImmediate(resolve, 'still asleep'));
    expect(await Promise.race([waiting, woken])).toBeGreaterThan(earlier);
    expect(locks.extend('held', held, 1)).toBe(true);
  });
});
