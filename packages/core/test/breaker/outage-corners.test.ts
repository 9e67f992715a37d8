import { describe, expect, test } from '@jest/globals';
import { StorageError } from '@circuitry/core';
import { corruptMemoryRecord } from '@circuitry/core/testing';
import { failing } from './support/failing-backend.js';
import { fail, Fleet, refusal, rejection, succeed } from './support/fleet.js';

describe('A circuit whose record was corrupt', () => {
  test('is asked again although the store itself was down when it was tried', async () => {
    const fleet = new Fleet();
    const { breaker, factory, backend } = fleet.join();
    const other = factory.breakerFor('other', {});
    backend.conduct = failing('corrupt');
    await succeed(breaker);
    await fleet.clock.advance('10s');
    backend.conduct = failing('unreachable');
    await succeed(breaker);
    backend.conduct = (_call, make) => make();
    await fleet.clock.advance('10s');
    await succeed(other);
    await fleet.clock.advance('10s');
    expect(await breaker.settle(() => 1)).toEqual({ status: 'fulfilled', value: 1 });
  });

  test('shows its state as soon as it was mended', async () => {
    const fleet = new Fleet();
    const { breaker } = fleet.join();
    await succeed(breaker);
    corruptMemoryRecord(fleet.memory, 'c');
    expect(await rejection(breaker.state())).toMatchObject({ code: 'ERR_CORRUPT_RECORD', field: 'state' });
    await fleet.memory.delete('c');
    expect(await breaker.state()).toBe('closed');
  });

  test('is never overwritten', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker, backend } = fleet.join();
    await succeed(breaker);
    corruptMemoryRecord(fleet.memory, 'c');
    backend.forget();
    await fail(breaker);
    await fleet.clock.advance('10s');
    await rejection(breaker.start());
    await rejection(breaker.forceOpen());
    expect(await rejection(fleet.memory.retrieve('c'))).toMatchObject({ code: 'ERR_CORRUPT_RECORD' });
    expect(backend.count('store')).toBe(0);
  });
});

describe('A machine of this process’s own', () => {
  test('that comes into being just after the store is back does not decide in the next outage', async () => {
    const fleet = new Fleet({ failureCountThreshold: 2, allowAfter: '10m' });
    const [one, two] = [fleet.join(), fleet.join()];
    await succeed(one.breaker);
    const permit = await one.breaker.start();
    const other = one.factory.breakerFor('other', {});
    let refuse: () => void = () => {};
    let answer: () => void = () => {};
    one.backend.conduct = async (call, make) => {
      if (call.verb === 'apply') {
        await new Promise<void>((resolve) => (refuse = resolve));
        throw new StorageError('connect ECONNREFUSED', { scope: 'store' });
      }
      await new Promise<void>((resolve) => (answer = resolve));
      return make();
    };
    const [ending, starting] = [permit.succeed(), other.start()];
    await fleet.turn();
    // An end fails in the very turn in which another circuit's answer comes.
    one.backend.conduct = (_call, make) => make();
    refuse();
    answer();
    await Promise.all([ending, starting]);
    await fleet.turn();
    await fail(two.breaker, 2);
    await refusal(one.breaker);
    one.backend.conduct = failing('unreachable');
    expect((await refusal(one.breaker)).code).toBe('ERR_CIRCUIT_OPEN');
  });

  test('protects a new circuit however few are remembered', async () => {
    const { factory, breaker, backend } = new Fleet({ maxCircuits: 4, failureCountThreshold: 1 }).join();
    backend.conduct = failing('unreachable');
    await fail(breaker);
    for (let tenant = 0; tenant < 6; tenant += 1) await fail(factory.breakerFor(`t${tenant}`, {}));
    expect((await refusal(factory.breakerFor('t5', {}))).code).toBe('ERR_CIRCUIT_OPEN');
  });
});
