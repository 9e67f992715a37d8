import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { casLease, MemoryBackend, type CircuitRecord, type Clock, type Lease, type LockOptions } from '@circuitry/core';
import { nextTurn, VirtualClock } from '@circuitry/core/testing';

type Lock = (name: string, options: LockOptions) => Promise<Lease>;

interface Fleet {
  readonly clock: VirtualClock;
  readonly backend: MemoryBackend;
  /** Another worker's way to the same locks. */
  readonly worker: () => Lock;
}

function newFleet(): Fleet {
  const clock = new VirtualClock(1_000_000);
  const backend = new MemoryBackend({ clock });
  let seed = 0;
  const random = (): number => (seed = (seed + 0.618_033_988_749) % 1);
  return { clock, backend, worker: () => casLease(backend.connect(), { clock, random }) };
}

async function lockRecord(backend: MemoryBackend): Promise<CircuitRecord | null> {
  return (await backend.retrieve('\u0001lock:job')).record;
}

/** How a promise stands once time has moved on. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'pending';
  promise.then(
    () => (state = 'resolved'),
    () => (state = 'rejected'),
  );
  await nextTurn();
  return state;
}

describe('a lease', () => {
  test('has one holder at a time', async () => {
    const { worker } = newFleet();
    await worker()('job', { lease: 1_000 });
    await expect(worker()('job', { lease: 1_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT', waited: 0 });
    await expect(worker()('another', { lease: 1_000 })).resolves.toMatchObject({ token: expect.any(Number) });
  });

  test('that is released is free at once, for the same worker too', async () => {
    const { worker } = newFleet();
    const lock = worker();
    const first = await lock('job', { lease: 1_000 });
    await first.release();
    const second = await lock('job', { lease: 1_000 });
    expect(second.token).toBeGreaterThan(first.token);
  });

  test.each([
    [999, 'ERR_LOCK_TIMEOUT'],
    [1_000, null],
    [1_001, null],
  ])('of a dead holder is taken over after its 1,000 ms, not before: after %i ms %s', async (ms, code) => {
    const { clock, worker } = newFleet();
    const dead = await worker()('job', { lease: 1_000 });
    clock.step(ms);
    const taking = worker()('job', { lease: 1_000 });
    if (code !== null) return expect(taking).rejects.toMatchObject({ code });
    expect((await taking).token).toBeGreaterThan(dead.token);
    await expect(dead.extend(1_000)).rejects.toMatchObject({ code: 'ERR_LEASE_LOST', circuitName: 'job' });
    await expect(dead.release()).rejects.toMatchObject({ code: 'ERR_LEASE_LOST' });
    // The late holder's attempts hurt nobody: the new one still holds it.
    await expect(worker()('job', { lease: 1_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
  });

  test('lasts until now and the ms it is extended by, whether that is more or less', async () => {
    const { clock, worker } = newFleet();
    const lease = await worker()('job', { lease: 1_000 });
    clock.step(900);
    await lease.extend(1_000);
    clock.step(999);
    await expect(worker()('job', { lease: 1 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await lease.extend(10);
    clock.step(10);
    await expect(lease.extend(10)).rejects.toThrow('its time was over');
  });

  test('that is over is lost though nobody took it, and so is one that was released', async () => {
    const { clock, worker } = newFleet();
    const late = await worker()('job', { lease: 1_000 });
    clock.step(1_000);
    await expect(late.release()).rejects.toMatchObject({ code: 'ERR_LEASE_LOST' });
    const lease = await worker()('job', { lease: 1_000 });
    await lease.release();
    await expect(lease.extend(5)).rejects.toThrow('it had been released');
    await expect(lease.release()).rejects.toThrow('it had been released');
  });

  test('has a token that grows from holder to holder, though the lock was forgotten in between', async () => {
    const { clock, backend, worker } = newFleet();
    const tokens: number[] = [];
    for (let holder = 0; holder < 5; holder += 1) {
      const lease = await worker()('job', { lease: 10 });
      tokens.push(lease.token);
      if (holder % 2 === 0) await lease.release();
      else clock.step(10);
    }
    clock.step(8 * 86_400_000);
    expect(await lockRecord(backend)).toBeNull();
    tokens.push((await worker()('job', { lease: 10 })).token);
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b));
  });

  test('is remembered for a week after its end', async () => {
    const { clock, backend, worker } = newFleet();
    await worker()('job', { lease: 1_000 });
    clock.step(1_000 + 7 * 86_400_000 - 1);
    expect(await lockRecord(backend)).not.toBeNull();
    clock.step(1);
    expect(await lockRecord(backend)).toBeNull();
  });

  test('touches no circuit of the same name', async () => {
    const { backend, worker } = newFleet();
    await worker()('job', { lease: 1_000 });
    expect((await backend.retrieve('job')).record).toBeNull();
  });

  test('is timed by the store, whatever the clock of its worker says', async () => {
    const { clock, backend, worker } = newFleet();
    await worker()('job', { lease: 1_000 });
    const ahead = casLease(backend, { clock: new VirtualClock(clock.now() + 60_000) });
    await expect(ahead('job', { lease: 1_000 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
  });

  test('needs a good name', async () => {
    await expect(newFleet().worker()('', { lease: 1 })).rejects.toMatchObject({ code: 'ERR_INVALID_NAME' });
  });
});

describe('a worker that waits', () => {
  test('gets the lease within a pause after it is free', async () => {
    const { clock, worker } = newFleet();
    const held = await worker()('job', { lease: 60_000 });
    const waiting = worker()('job', { lease: 1_000, wait: 10_000 });
    await clock.advance(3_000);
    expect(await stateOf(waiting)).toBe('pending');
    await held.release();
    await clock.advance(500);
    expect((await waiting).token).toBeGreaterThan(held.token);
    expect(clock.pending).toBe(0);
  });

  test('gives up when its wait is over', async () => {
    const { clock, worker } = newFleet();
    await worker()('job', { lease: 60_000 });
    const waiting = expect(worker()('job', { lease: 1_000, wait: 2_000 })).rejects.toMatchObject({
      code: 'ERR_LOCK_TIMEOUT',
      waited: 2_000,
    });
    await clock.advance(2_000);
    await waiting;
    expect(clock.pending).toBe(0);
  });

  test.each([
    ['while it sleeps', (clock: VirtualClock, step: () => void): unknown => clock.after(1_000, step)],
    ['while the store is asked', (_: VirtualClock, step: () => void): unknown => step],
  ])('gives up when its wait is over though the clock steps back %s', async (_, arrange) => {
    const { clock, backend, worker } = newFleet();
    await worker()('job', { lease: 3_600_000 });
    let error = 0;
    const stepping = { now: () => clock.now() + error, after: clock.after.bind(clock) };
    const step = (): void => void (error = -600_000);
    const atRead = arrange(clock, step) === step ? step : () => {};
    const asking = {
      retrieve: async (name: string) => (atRead(), backend.retrieve(name)),
      store: backend.store.bind(backend),
    };
    const waiting = casLease(asking, { clock: stepping })('job', { lease: 1, wait: 2_000 });
    const given = expect(waiting).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT', waited: 2_000 });
    await clock.advance(2_000);
    expect(await stateOf(waiting)).toBe('rejected');
    await given;
    expect(clock.pending).toBe(0);
  });

  test('asks less often the longer it waits', async () => {
    const { clock, backend } = newFleet();
    let reads = 0;
    const counting = {
      retrieve: (name: string) => ((reads += 1), backend.retrieve(name)),
      store: backend.store.bind(backend),
    };
    const lock = casLease(counting, { clock, random: () => 0.999 });
    await lock('job', { lease: 60_000 });
    const waiting = lock('job', { lease: 1, wait: 10_000 }).catch(() => {});
    await clock.advance(640);
    expect(reads).toBeLessThan(12);
    reads = 0;
    await clock.advance(5_000);
    expect(reads).toBeGreaterThanOrEqual(9);
    expect(reads).toBeLessThanOrEqual(11);
    await clock.advance(5_000);
    await waiting;
  });

  test('stops as soon as its signal is aborted, and leaves no listener behind', async () => {
    const { clock, worker } = newFleet();
    await worker()('job', { lease: 60_000 });
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = worker()('job', { lease: 1, wait: 60_000, signal: controller.signal });
    await clock.advance(1_000);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    expect(clock.pending).toBe(0);
  });

  test('stops at once if its signal is aborted while the store is asked', async () => {
    const { clock, backend, worker } = newFleet();
    await worker()('job', { lease: 60_000 });
    const controller = new AbortController();
    const aborting = {
      retrieve: async (name: string) => {
        const reading = await backend.retrieve(name);
        controller.abort('enough');
        return reading;
      },
      store: backend.store.bind(backend),
    };
    const waiting = casLease(aborting, { clock })('job', { lease: 1, wait: 60_000, signal: controller.signal });
    await expect(waiting).rejects.toBe('enough');
    expect(clock.pending).toBe(0);
  });

  test('does not even ask if its signal was aborted before', async () => {
    const { worker } = newFleet();
    await expect(worker()('job', { lease: 1, signal: AbortSignal.abort('no') })).rejects.toBe('no');
  });
});

describe('several workers', () => {
  test('that find a lease free at the same moment get it one after the other', async () => {
    const { clock, worker } = newFleet();
    let holders = 0;
    let most = 0;
    const tokens: number[] = [];
    const workers = Array.from({ length: 5 }, async () => {
      const lease = await worker()('job', { lease: 1_000, wait: 60_000 });
      holders += 1;
      most = Math.max(most, holders);
      tokens.push(lease.token);
      await new Promise<void>((resolve) => clock.after(100, resolve));
      holders -= 1;
      await lease.release();
    });
    await clock.advance('60s');
    await Promise.all(workers);
    expect(most).toBe(1);
    expect(tokens).toEqual([...new Set(tokens)].sort((a, b) => a - b));
    expect(tokens).toHaveLength(5);
  });
});

describe('a lease whose answer comes late', () => {
  /** Locks whose next stores are answered so many ms after they were done, one each. */
  const slowLock = ({ clock, backend }: Pick<Fleet, 'backend'> & { clock: Clock }, delays: number[]): Lock =>
    casLease(
      {
        retrieve: backend.retrieve.bind(backend),
        store: async (...args) => {
          const change = await backend.store(...args);
          const delay = delays.shift();
          if (delay !== undefined) await new Promise<void>((resolve) => clock.after(delay, resolve));
          return change;
        },
      },
      { clock, random: () => 0.5 },
    );

  test('when it is over is not handed out beside the one who took it meanwhile', async () => {
    const fleet = newFleet();
    const late = slowLock(fleet, [1_500])('job', { lease: 1_000 });
    late.catch(() => {});
    await fleet.clock.advance(1_200);
    await fleet.worker()('job', { lease: 60_000 });
    await fleet.clock.advance(10_000);
    await expect(late).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
  });

  test('and whose worker’s clock stepped back meanwhile is not handed out beside the one who took it', async () => {
    const fleet = newFleet();
    let error = 0;
    const clock = {
      now: () => fleet.clock.now() + error,
      after: (ms: number, callback: () => void) => fleet.clock.after(ms, callback),
    };
    const late = slowLock({ ...fleet, clock }, [1_500])('job', { lease: 1_000 });
    let isHandedOut = false;
    late.then(
      () => (isHandedOut = true),
      () => {},
    );
    await fleet.clock.advance(1_200);
    await fleet.worker()('job', { lease: 600_000 });
    error = -3_600_000;
    await fleet.clock.advance(500_000);
    expect(isHandedOut).toBe(false);
  });

  test('when it is nearly over is given back at once, and tried for again', async () => {
    const fleet = newFleet();
    const late = slowLock(fleet, [900])('job', { lease: 1_000, wait: 5_000 });
    await fleet.clock.advance(2_000);
    expect((await late).left).toBe(1_000);
  });

  test('with enough of it says what is left since it was sent', async () => {
    const fleet = newFleet();
    const late = slowLock(fleet, [300])('job', { lease: 1_000 });
    await fleet.clock.advance(300);
    expect((await late).left).toBe(700);
  });
});

describe('a holder', () => {
  test('whose extension was stored and whose answer was lost still holds its lease', async () => {
    const { clock, backend } = newFleet();
    let loses = false;
    const losing = {
      retrieve: backend.retrieve.bind(backend),
      store: async (...args: Parameters<MemoryBackend['store']>) => {
        const change = await backend.store(...args);
        if (loses) throw new Error('no answer');
        return change;
      },
    };
    const lease = await casLease(losing, { clock })('job', { lease: 1_000 });
    loses = true;
    await expect(lease.extend(1_000)).rejects.toThrow('no answer');
    loses = false;
    await lease.extend(1_000);
    await lease.release();
  });

  test('may release while an extension is still on its way', async () => {
    const { worker } = newFleet();
    const lease = await worker()('job', { lease: 1_000 });
    const [extended, released] = await Promise.allSettled([lease.extend(1_000), lease.release()]);
    expect([extended.status, released.status]).toEqual(['fulfilled', 'fulfilled']);
    await expect(worker()('job', { lease: 1 })).resolves.toBeDefined();
  });

  test('does not take a lock from under one who took it between its two calls', async () => {
    const { clock, backend, worker } = newFleet();
    const slow = {
      retrieve: backend.retrieve.bind(backend),
      store: async (...args: Parameters<MemoryBackend['store']>) => {
        if (thief !== null) {
          clock.step(1_000);
          const steal = thief;
          thief = null;
          await steal();
        }
        return backend.store(...args);
      },
    };
    let thief: (() => Promise<Lease>) | null = null;
    const lease = await casLease(slow, { clock })('job', { lease: 1_000 });
    thief = () => worker()('job', { lease: 60_000 });
    await expect(lease.extend(1_000)).rejects.toThrow('another worker took it');
    await expect(worker()('job', { lease: 1 })).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
  });
});
