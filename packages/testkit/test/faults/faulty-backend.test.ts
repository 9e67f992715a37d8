import { MemoryBackend, type StorageError } from '@circuitry/core';
import { describe, expect, test } from '@jest/globals';
import { recordOf, longTtl } from '../../src/checks/records.js';
import { FaultyBackend, VirtualClock, type FaultyBackendOptions } from '../../src/index.js';

interface Faulty {
  readonly clock: VirtualClock;
  readonly memory: MemoryBackend;
  readonly faulty: FaultyBackend;
}

async function make(options: FaultyBackendOptions = {}): Promise<Faulty> {
  const clock = new VirtualClock();
  const memory = new MemoryBackend({ clock });
  const faulty = new FaultyBackend(memory.connect(), { clock, ...options });
  await memory.store('circuit', null, recordOf(1, { counters: { n: 0, m: 0 } }), longTtl);
  return { clock, memory, faulty };
}

const add = (backend: FaultyBackend | MemoryBackend, options = {}): Promise<unknown> =>
  backend.apply('circuit', 1, { add: { n: 1, m: 1 } }, { ...longTtl, ...options });
const rejection = (promise: Promise<unknown>): Promise<StorageError> =>
  promise.then(
    () => Promise.reject(new Error('it answered')),
    (error: StorageError) => error,
  );

async function counts({ memory }: Faulty): Promise<unknown> {
  return (await memory.retrieve('circuit')).record?.counters;
}

describe('FaultyBackend', () => {
  test('without faults is the backend that it wraps', async () => {
    const world = await make();
    await add(world.faulty);
    expect((await world.faulty.retrieve('circuit')).record?.counters).toEqual({ n: 1, m: 1 });
    expect(world.faulty.history).toEqual([]);
  });

  test('an error leaves the store as it is and is not ambiguous', async () => {
    const world = await make({ plan: [{ fault: { type: 'error' }, verb: 'apply' }] });
    expect(await rejection(add(world.faulty))).toMatchObject({ code: 'ERR_STORAGE', ambiguous: false });
    expect(await counts(world)).toEqual({ n: 0, m: 0 });
    await add(world.faulty);
    expect(await counts(world)).toEqual({ n: 1, m: 1 });
  });

  test('a lost reply happened, and its caller gets an ambiguous error', async () => {
    const world = await make({ plan: [{ fault: { type: 'lost-reply' }, verb: ['apply', 'store'] }] });
    expect(await rejection(add(world.faulty))).toMatchObject({ code: 'ERR_STORAGE', ambiguous: true });
    expect(await counts(world)).toEqual({ n: 1, m: 1 });
  });

  test('a duplicate happens twice', async () => {
    const world = await make({ plan: [{ fault: { type: 'duplicate' } }] });
    await add(world.faulty);
    expect(await counts(world)).toEqual({ n: 2, m: 2 });
  });

  test('a torn write happens by half', async () => {
    const world = await make({ plan: [{ fault: { type: 'torn-write' } }] });
    expect(await rejection(add(world.faulty))).toMatchObject({ ambiguous: true });
    expect(await counts(world)).toEqual({ n: 1, m: 0 });
  });

  test('a torn store leaves half of the counters', async () => {
    const world = await make({ plan: [{ fault: { type: 'torn-write' }, verb: 'store' }] });
    await rejection(world.faulty.store('circuit', 1, recordOf(2, { counters: { a: 1, b: 2 } }), longTtl));
    expect(await counts(world)).toEqual({ a: 1 });
  });

  test('a stale read answers what was there so many answers ago', async () => {
    const world = await make({ plan: [{ fault: { type: 'stale-read', versions: 2 }, verb: 'retrieve' }] });
    for (let times = 0; times < 3; times += 1) await add(world.faulty);
    expect((await world.faulty.retrieve('circuit')).record?.counters['n']).toBe(1);
    expect((await world.faulty.retrieve('circuit')).record?.counters['n']).toBe(3);
  });

  test('latency passes by the clock that it is given, and obeys the signal', async () => {
    const world = await make({ plan: [{ fault: { type: 'latency', ms: 500 }, times: 2 }] });
    let answered = false;
    const adding = add(world.faulty).then(() => (answered = true));
    await world.clock.advance(499);
    expect(answered).toBe(false);
    await world.clock.advance(1);
    await adding;
    const controller = new AbortController();
    const reason = new Error('enough');
    const late = rejection(add(world.faulty, { signal: controller.signal }));
    controller.abort(reason);
    expect(await late).toBe(reason);
    expect(world.clock.pending).toBe(0);
    expect(await counts(world)).toEqual({ n: 1, m: 1 });
  });

  test('a hang ends with its signal only, as an ambiguous error caused by it', async () => {
    const world = await make({ plan: [{ fault: { type: 'hang', applied: true } }] });
    const controller = new AbortController();
    const reason = new Error('time is up');
    const hanging = rejection(add(world.faulty, { signal: controller.signal }));
    await world.clock.advance('5m');
    controller.abort(reason);
    expect(await hanging).toMatchObject({ code: 'ERR_STORAGE', ambiguous: true, cause: reason });
    expect(await counts(world)).toEqual({ n: 1, m: 1 });
  });

  test('an outage refuses every verb on every handle, and watchers learn that they missed some', async () => {
    const world = await make();
    const other = world.faulty.connect(world.memory.connect());
    const events: string[] = [];
    await other.watch?.((event) => void events.push(event.type));
    world.faulty.beginOutage();
    await world.memory.store('unseen', null, recordOf(1), longTtl);
    for (const call of [
      other.retrieve('circuit'),
      add(other),
      other.lock('circuit', { lease: 1 }),
      other.delete('circuit'),
      other.list().next(),
    ]) {
      expect(await rejection(call)).toMatchObject({ code: 'ERR_STORAGE' });
    }
    world.faulty.endOutage();
    await world.memory.store('seen', null, recordOf(1), longTtl);
    await world.clock.advance(0);
    expect(events).toEqual(['missed', 'transition']);
    expect((await other.retrieve('circuit')).record?.revision).toBe(1);
  });

  test('a fault befalls the circuit, the verb and the calls that its plan names', async () => {
    const world = await make({
      plan: [{ fault: { type: 'error' }, verb: 'retrieve', name: 'circuit', from: 2, times: 2 }],
    });
    const outcomes: string[] = [];
    for (let times = 0; times < 4; times += 1) {
      await world.faulty.retrieve('another');
      outcomes.push(
        await world.faulty.retrieve('circuit').then(
          () => 'answered',
          () => 'failed',
        ),
      );
    }
    expect(outcomes).toEqual(['answered', 'failed', 'failed', 'answered']);
    expect(world.faulty.history.map(({ verb, name, fault }) => `${verb} ${name} ${fault}`)).toEqual([
      'retrieve circuit error',
      'retrieve circuit error',
    ]);
  });

  test('the same seed draws the same faults, another one others', async () => {
    const draw = async (seed: number): Promise<string> => {
      const world = await make({ seed, rates: { error: 0.2, lostReply: 0.2, duplicate: 0.1, tornWrite: 0.1 } });
      for (let times = 0; times < 50; times += 1) await add(world.faulty).catch(() => 'as drawn');
      return world.faulty.history.map(({ fault }) => fault).join();
    };
    expect(await draw(7)).toBe(await draw(7));
    expect(await draw(7)).not.toBe(await draw(8));
  });

  test('heal ends whatever was planned, drawn or begun', async () => {
    const world = await make({ plan: [{ fault: { type: 'error' }, times: Infinity }], rates: { error: 1 } });
    world.faulty.beginOutage('hang');
    world.faulty.heal();
    await add(world.faulty);
    expect(await counts(world)).toEqual({ n: 1, m: 1 });
  });

  test('the clock of the store can be off', async () => {
    const world = await make({ clockOffset: 60_000 });
    expect((await world.faulty.retrieve('circuit')).now).toBe(world.clock.now() + 60_000);
    world.faulty.setClockOffset(0);
    expect((await world.faulty.retrieve('circuit')).now).toBe(world.clock.now());
  });

  test('a lease’s calls can fail too', async () => {
    const world = await make({ plan: [{ fault: { type: 'error' }, verb: 'extend' }] });
    const lease = await world.faulty.lock('circuit', { lease: 1_000 });
    expect(await rejection(lease.extend(1_000))).toMatchObject({ code: 'ERR_STORAGE' });
    await lease.release();
  });

  test('has no watch where the backend has none', () => {
    const memory = new MemoryBackend();
    Object.defineProperty(memory, 'watch', { value: undefined });
    expect(new FaultyBackend(memory).watch).toBeUndefined();
  });
});
