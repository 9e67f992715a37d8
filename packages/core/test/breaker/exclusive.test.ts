import { beforeEach, describe, expect, test } from '@jest/globals';
import { LeaseLostError, LockTimeoutError } from '@circuitry/core';
import { failing } from './support/failing-backend.js';
import { fail, Fleet, refusal, rejection, succeed, type Worker } from './support/fleet.js';

describe('exclusive', () => {
  let fleet: Fleet;
  let one: Worker;
  let two: Worker;

  beforeEach(() => {
    fleet = new Fleet({ exclusive: { lease: '30s', wait: '10s' }, failureCountThreshold: 1 });
    one = fleet.join();
    two = fleet.join();
  });

  test('lets one job at a time run per circuit in the whole fleet', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    const job = (id: number) => async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => fleet.clock.after(1_000, resolve));
      running -= 1;
      done.push(id);
    };
    const jobs = [1, 2, 3, 4, 5, 6].map((id) => (id % 2 === 0 ? one : two).breaker.execute(job(id)));
    await fleet.clock.advance('10s');
    await Promise.all(jobs);
    expect({ most, done: done.sort() }).toEqual({ most: 1, done: [1, 2, 3, 4, 5, 6] });
    await fleet.clock.advance('2s');
    expect(fleet.clock.pending).toBe(0);
  });

  test('lets jobs of different circuits run side by side', async () => {
    const held = await one.breaker.start();
    await succeed(two.factory.breakerFor('another', {}));
    await held.succeed();
  });

  test('rejects with a LockTimeoutError after wait, having run nothing', async () => {
    const held = await one.breaker.start();
    let runs = 0;
    const waiting = two.breaker.settle(() => (runs += 1));
    await fleet.clock.advance(9_999);
    let isSettled = false;
    void waiting.then(() => (isSettled = true));
    await fleet.turn();
    expect(isSettled).toBe(false);
    await fleet.clock.advance(1);
    const settled = await waiting;
    expect(settled).toMatchObject({
      status: 'refused',
      error: { code: 'ERR_LOCK_TIMEOUT', circuitName: 'c', waited: 10_000 },
    });
    expect((settled as { error: unknown }).error).toBeInstanceOf(LockTimeoutError);
    expect(runs).toBe(0);
    await held.succeed();
    await succeed(two.breaker);
  });

  test('keeps the lease by heartbeats for as long as the work runs', async () => {
    const held = await one.breaker.start();
    await fleet.clock.advance('10m');
    expect(held.signal.aborted).toBe(false);
    expect(one.backend.count('extend')).toBe(60);
    const waiting = rejection(two.breaker.start());
    await fleet.clock.advance('10s');
    expect(await waiting).toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await held.succeed();
  });

  test('a dead holder’s lease ends by itself, and the next in line gets it', async () => {
    one.backend.conduct = failing('unreachable', 'extend');
    const dead = await one.breaker.start();
    await fleet.clock.advance('25s');
    const waiting = two.breaker.start();
    await fleet.clock.advance('5s');
    const next = await waiting;
    expect(next.fencingToken).toBeGreaterThan(dead.fencingToken ?? 0);
    await next.succeed();
  });

  test('a lost lease aborts the work’s signal with a LeaseLostError, and the work is then ignored', async () => {
    one.backend.conduct = failing('unreachable', 'extend');
    const settling = one.breaker.settle(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    await fleet.clock.advance(29_999);
    expect(one.events.of('settled')).toEqual([]);
    await fleet.clock.advance(1);
    const settled = await settling;
    expect(settled).toMatchObject({ status: 'rejected', reason: { code: 'ERR_LEASE_LOST', circuitName: 'c' } });
    expect((settled as { reason: unknown }).reason).toBeInstanceOf(LeaseLostError);
    expect(one.events.of('settled')[0]?.outcome).toBe('ignored');
  });

  test('a lease that the store says is lost aborts the signal at the next heartbeat', async () => {
    const held = await one.breaker.start();
    // A step runs no timers: the process was asleep for longer than its lease.
    fleet.clock.step(31_000);
    const next = await two.breaker.start();
    await fleet.turn();
    expect(held.signal.reason).toMatchObject({ code: 'ERR_LEASE_LOST' });
    await held.succeed();
    const waiting = rejection(one.breaker.start());
    await fleet.clock.advance('10s');
    expect(await waiting).toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await next.succeed();
  });

  test('a heartbeat that fails now and then loses nothing', async () => {
    const held = await one.breaker.start();
    one.backend.conduct = failing('unreachable', 'extend');
    await fleet.clock.advance('15s');
    one.backend.conduct = (_call, make) => make();
    await fleet.clock.advance('5m');
    expect(held.signal.aborted).toBe(false);
    await held.succeed();
  });

  test('a caller that gives up while it waits leaves the line', async () => {
    const held = await one.breaker.start();
    const caller = new AbortController();
    const waiting = rejection(two.breaker.start({ signal: caller.signal }));
    await fleet.turn();
    caller.abort('enough');
    expect(await waiting).toBe('enough');
    await held.succeed();
    await succeed(one.breaker);
    await fleet.clock.advance('2s');
    expect(fleet.clock.pending).toBe(0);
  });

  test('a refused call asks for no lock, and waits for none', async () => {
    await fail(one.breaker);
    one.backend.forget();
    expect((await refusal(one.breaker)).code).toBe('ERR_CIRCUIT_OPEN');
    expect(one.backend.verbs).toEqual(['retrieve']);
  });

  test('a call that is refused once it has the lock gives it back', async () => {
    const held = await one.breaker.start();
    const waiting = two.breaker.settle(() => 'ran');
    await fleet.turn();
    await held.fail();
    expect(await waiting).toMatchObject({ status: 'refused', error: { code: 'ERR_CIRCUIT_OPEN' } });
    expect(two.backend.verbs.slice(-2)).toEqual(['retrieve', 'release']);
    const lease = await fleet.memory.lock('c', { lease: 1_000 });
    await lease.release();
  });

  test('an unused permit gives its lease back when its scope ends', async () => {
    {
      await using held = await one.breaker.start();
      expect(held.fencingToken).toBe(1);
    }
    expect((await two.breaker.start()).fencingToken).toBe(2);
  });

  test('true stands for a lease of 30 s and a wait of 10 s', async () => {
    const three = fleet.join({ exclusive: true });
    const held = await three.breaker.start();
    await fleet.clock.advance('9s');
    expect(three.backend.count('extend')).toBe(0);
    await fleet.clock.advance('1s');
    expect(three.backend.of('extend').map(({ ttl }) => ttl)).toEqual([30_000]);
    await held.succeed();
  });
});
