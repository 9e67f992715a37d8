import { describe, expect, test } from '@jest/globals';
import { MemoryBackend, type CircuitRecord, type NamedRecord, type WatchEvent } from '@circuitry/core';
import { corruptMemoryRecord, VirtualClock } from '@circuitry/core/testing';
import { nextTurn } from '../../src/time/clock.js';
import { closedRecord } from '../support/machine.js';

// What every backend must do is checked by the testkit's conformance run over this one; here is what is its own.

function newStore(): { clock: VirtualClock; backend: MemoryBackend } {
  const clock = new VirtualClock(1_000_000);
  return { clock, backend: new MemoryBackend({ clock }) };
}

async function put(
  backend: MemoryBackend,
  name: string,
  ttl = Infinity,
  record: CircuitRecord = closedRecord(),
): Promise<void> {
  await backend.store(name, (await backend.retrieve(name)).record?.revision ?? null, record, { ttl });
}

async function namesIn(backend: MemoryBackend, prefix?: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of backend.list(prefix === undefined ? {} : { prefix })) names.push(name);
  return names;
}

describe('a record in memory', () => {
  test.each(['add', 'set'] as const)(
    'refuses to %s what is no integer to count on, and stays as it is',
    async (how) => {
      const { backend } = newStore();
      await put(backend, 'a', Infinity, closedRecord({ x: Number.MAX_SAFE_INTEGER, y: 1 }));
      const tooMuch = how === 'add' ? { add: { y: 1, x: 1 } } : { set: { y: 2 ** 53 } };
      await expect(backend.apply('a', 1_000, tooMuch, { ttl: 1_000 })).rejects.toMatchObject({
        code: 'ERR_STORAGE',
        scope: 'circuit',
        ambiguous: false,
        retriable: false,
        message: expect.stringContaining('"a" would have passed ±(2^53 − 1)'),
      });
      expect((await backend.retrieve('a')).record?.counters).toEqual({ x: Number.MAX_SAFE_INTEGER, y: 1 });
      expect(await backend.apply('a', 1_000, { add: { y: 1 } }, { ttl: 1_000 })).toMatchObject({ applied: true });
    },
  );

  test('is whole: what is none is refused, and nothing is stored', async () => {
    const { backend } = newStore();
    const ajar = { ...closedRecord(), state: 'ajar' } as unknown as CircuitRecord;
    await expect(put(backend, 'a', Infinity, ajar)).rejects.toMatchObject({
      code: 'ERR_CORRUPT_RECORD',
      field: 'state',
    });
    expect((await backend.retrieve('a')).record).toBeNull();
  });

  test.each([
    [999, true],
    [1_000, false],
    [1_001, false],
  ])('written with a ttl of 1,000 ms is there after %i ms: %s', async (ms, isThere) => {
    const { clock, backend } = newStore();
    await put(backend, 'a', 1_000);
    clock.step(ms);
    expect((await backend.retrieve('a')).record !== null).toBe(isThere);
    expect(await namesIn(backend)).toEqual(isThere ? ['a'] : []);
    const change = await backend.apply('a', 1_000, { add: { x: 1 } }, { ttl: 1 });
    expect(change.applied).toBe(isThere);
  });

  test('that is over is no record to whoever stores the first', async () => {
    const { clock, backend } = newStore();
    await put(backend, 'a', 1_000);
    clock.step(1_000);
    const next = closedRecord({}, { revision: 9 });
    expect(await backend.store('a', 1_000, next, { ttl: 1 })).toMatchObject({ applied: false, record: null });
    expect(await backend.store('a', null, next, { ttl: 1 })).toMatchObject({ applied: true, record: next });
  });

  test('lives on with each applied write, and only with those', async () => {
    const { clock, backend } = newStore();
    await put(backend, 'a', 1_000);
    clock.step(900);
    await backend.apply('a', 1, { add: { x: 1 } }, { ttl: 5_000 });
    await backend.store('a', null, closedRecord(), { ttl: 5_000 });
    clock.step(99);
    await backend.apply('a', 1_000, { add: { x: 1 } }, { ttl: 1_000 });
    clock.step(999);
    expect((await backend.retrieve('a')).record?.counters).toEqual({ x: 1 });
    clock.step(1);
    expect((await backend.retrieve('a')).record).toBeNull();
  });

  test('is a copy: what its writer does to its own object afterwards stays outside', async () => {
    const { backend } = newStore();
    const counters = { x: 1 };
    const override = { state: 'open' as const, reason: 'a', by: null, until: null };
    await put(backend, 'a', Infinity, closedRecord(counters, { override }));
    counters.x = 2;
    (override as { reason: string }).reason = 'b';
    expect((await backend.retrieve('a')).record).toMatchObject({ counters: { x: 1 }, override: { reason: 'a' } });
  });

  test('is seen and changed by every handle, and outlives the one that wrote it', async () => {
    const { backend } = newStore();
    const other = backend.connect();
    await put(other, 'a');
    await other.close();
    await expect(other.retrieve('a')).rejects.toMatchObject({ code: 'ERR_CLOSED' });
    expect((await backend.retrieve('a')).record).not.toBeNull();
  });

  test('that was damaged is refused by every verb but delete, and stays as it is', async () => {
    const { backend } = newStore();
    await put(backend, 'a');
    corruptMemoryRecord(backend, 'a', { generation: -1 });
    const fault = { code: 'ERR_CORRUPT_RECORD', circuitName: 'a', field: 'generation' };
    await expect(backend.retrieve('a')).rejects.toMatchObject(fault);
    await expect(backend.apply('a', 1_000, {}, { ttl: 1 })).rejects.toMatchObject(fault);
    await expect(backend.store('a', null, closedRecord(), { ttl: 1 })).rejects.toMatchObject(fault);
    await expect(namesIn(backend)).rejects.toMatchObject(fault);
    await backend.delete('a');
    expect((await backend.retrieve('a')).record).toBeNull();
  });
});

describe("the store's clock", () => {
  test('stands in every answer, on every handle, of a backend that was given one', async () => {
    const { clock, backend } = newStore();
    expect(await backend.retrieve('a')).toEqual({ record: null, now: clock.now() });
    expect(await backend.connect().retrieve('a')).toEqual({ record: null, now: clock.now() });
    expect(await backend.apply('a', 1, {}, { ttl: 1 })).toEqual({ record: null, applied: false, now: clock.now() });
  });

  test('stands in none of a backend that was not', async () => {
    const backend = new MemoryBackend();
    expect(await backend.retrieve('a')).toEqual({ record: null });
    expect(await backend.connect().retrieve('a')).toEqual({ record: null });
  });
});

describe('the memory that it takes', () => {
  test('does not grow by reading, applying to, deleting or listing names that nobody stored', async () => {
    const { clock, backend } = newStore();
    for (let index = 0; index < 50; index += 1) {
      await backend.retrieve(`unknown ${index}`);
      await backend.apply(`unknown ${index}`, 1, { add: { x: 1 } }, { ttl: 1_000 });
      await backend.delete(`unknown ${index}`);
    }
    expect(await namesIn(backend)).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('does not grow with names that are over: each write lets two of them go', async () => {
    const { clock, backend } = newStore();
    let read = 0;
    const counting = { now: () => ((read += 1), clock.now()), after: clock.after.bind(clock) };
    const watched = new MemoryBackend({ clock: counting });
    for (let index = 0; index < 100; index += 1) await put(watched, `short ${index}`, 1_000);
    clock.step(1_000);
    for (let index = 0; index < 60; index += 1) await put(watched, 'busy');
    // A listing looks at the clock once for each entry that the store still keeps.
    read = 0;
    expect(await namesIn(watched)).toEqual(['busy']);
    expect(read).toBeLessThan(5);
    expect(await namesIn(backend)).toEqual([]);
  });
});

describe('a listing', () => {
  test('has the names that begin with its prefix, and all without one', async () => {
    const { backend } = newStore();
    for (const name of ['mail/a', 'mail/b', 'sms/a', '__proto__']) await put(backend, name);
    expect(await namesIn(backend, 'mail/')).toEqual(['mail/a', 'mail/b']);
    expect(await namesIn(backend)).toEqual(['mail/a', 'mail/b', 'sms/a', '__proto__']);
  });

  test('has every record that lives throughout, while others come, change and go', async () => {
    const { backend } = newStore();
    for (let index = 0; index < 10; index += 1) await put(backend, `stays ${index}`);
    const seen: NamedRecord[] = [];
    for await (const each of backend.list({ pageSize: 2 })) {
      seen.push(each);
      if (seen.length > 20) break;
      await backend.delete(`comes ${seen.length - 1}`);
      await put(backend, `comes ${seen.length}`);
      await backend.apply(`stays ${seen.length % 10}`, 1_000, { add: { x: 1 } }, { ttl: Infinity });
    }
    const stayed = seen.filter(({ name }) => name.startsWith('stays'));
    expect(new Set(stayed.map(({ name }) => name)).size).toBe(10);
  });

  test('stops for its signal, and when the backend is closed', async () => {
    const { backend } = newStore();
    for (const name of ['a', 'b', 'c']) await put(backend, name);
    const controller = new AbortController();
    const aborted = backend.list({ signal: controller.signal });
    await aborted.next();
    controller.abort('enough');
    await expect(aborted.next()).rejects.toBe('enough');
    const closing = backend.list();
    await closing.next();
    await backend.close();
    await expect(closing.next()).rejects.toMatchObject({ code: 'ERR_CLOSED' });
    await expect(backend.list().next()).rejects.toMatchObject({ code: 'ERR_CLOSED' });
  });
});

describe('a watcher', () => {
  test('is told of each applied store of any handle, in a turn of its own, and of nothing else', async () => {
    const { backend } = newStore();
    const events: WatchEvent[] = [];
    await backend.watch((event) => events.push(event));
    const other = backend.connect();
    const writing = other.store('a', null, closedRecord(), { ttl: 1_000 });
    expect(events).toEqual([]);
    await writing;
    await other.store('a', null, closedRecord({ lost: 1 }), { ttl: 1_000 });
    await other.apply('a', 1_000, { add: { x: 1 } }, { ttl: 1_000 });
    await other.delete('a');
    await nextTurn();
    expect(events).toEqual([{ type: 'transition', name: 'a', record: closedRecord() }]);
  });

  test('is told no more once it stopped or its handle is closed, also not of what is on its way', async () => {
    const { backend } = newStore();
    const told: string[] = [];
    const stop = await backend.watch(() => told.push('stopped'));
    const other = backend.connect();
    await other.watch(() => told.push('closed'));
    await backend.watch(() => told.push('stays'));
    await put(backend, 'a');
    await nextTurn();
    told.length = 0;
    const writing = put(backend, 'a', Infinity, closedRecord({}, { revision: 2_000 }));
    await stop();
    await other.close();
    await writing;
    await nextTurn();
    expect(told).toEqual(['stays']);
    await stop();
  });

  test('added twice is two watchers', async () => {
    const { backend } = newStore();
    let told = 0;
    const listener = (): void => void (told += 1);
    const stop = await backend.watch(listener);
    await backend.watch(listener);
    await put(backend, 'a');
    await nextTurn();
    expect(told).toBe(2);
    await stop();
    await put(backend, 'a', Infinity, closedRecord({}, { revision: 2_000 }));
    await nextTurn();
    expect(told).toBe(3);
  });

  test('that throws hurts neither the writer nor the others', async () => {
    const { backend } = newStore();
    let told = 0;
    await backend.watch(() => {
      throw new Error('mine');
    });
    await backend.watch(() => void (told += 1));
    await put(backend, 'a');
    await nextTurn();
    expect(told).toBe(1);
  });
});

test('100 troubled circuits among 100,000 are listed by looking at those alone, whatever they were before', async () => {
  let looks = 0;
  const now = (): number => {
    looks += 1;
    return 1_000_000;
  };
  const backend = new MemoryBackend({ clock: { now, after: () => () => {} } });
  const open: CircuitRecord = { ...closedRecord(), state: 'open', openings: 1, since: 1, expiresAt: 2_000_000 };
  for (let tenant = 0; tenant < 100_000; tenant += 1) {
    const isOpen = tenant % 1_000 < 2;
    await backend.store(`tenant-${tenant}`, null, isOpen ? open : closedRecord(), { ttl: Infinity });
    // Every other of them closes again.
    if (tenant % 1_000 === 1) await backend.store(`tenant-${tenant}`, open.revision, closedRecord(), { ttl: Infinity });
  }
  looks = 0;
  const names = [];
  for await (const { name } of backend.list({ only: 'troubled' })) names.push(name);
  expect(names).toHaveLength(100);
  expect(looks).toBe(100);
});
