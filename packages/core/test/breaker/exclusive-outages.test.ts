import { describe, expect, test } from '@jest/globals';
import { StorageError } from '@circuitry/core';
import { failing } from './support/failing-backend.js';
import { Fleet, rejection, succeed } from './support/fleet.js';

describe('A lease that the store does not answer about', () => {
  test('is lost at its end all the same: a heartbeat that hangs aborts the work’s signal', async () => {
    const fleet = new Fleet({ exclusive: { lease: '30s', wait: '10s' } });
    const { breaker, backend } = fleet.join();
    backend.conduct = failing('hang', 'extend');
    const held = await breaker.start();
    await fleet.clock.advance('31s');
    expect(held.signal.reason).toMatchObject({ code: 'ERR_LEASE_LOST' });
  });

  test('is renewed before its end where little of it was left when it came', async () => {
    const fleet = new Fleet({ exclusive: { lease: '30s', wait: '10s' } });
    const { breaker, backend } = fleet.join();
    const inner = backend.lock.bind(backend);
    backend.lock = async (...args) => ({ ...(await inner(...args)), left: 10_000 });
    const held = await breaker.start();
    await fleet.clock.advance('9s');
    expect(backend.count('extend')).toBe(1);
    await fleet.clock.advance('20s');
    expect(held.signal.aborted).toBe(false);
    await held.succeed();
  });

  test('keeps nobody from the work’s result: a release that hangs is not waited for for ever', async () => {
    const fleet = new Fleet({ exclusive: { lease: '30s', wait: '10s' } });
    const { breaker, backend } = fleet.join();
    backend.conduct = failing('hang', 'release');
    let value: unknown;
    void breaker.execute(() => 'value').then((result) => (value = result));
    await fleet.clock.advance('10s');
    expect(value).toBe('value');
  });
});

describe('exclusive while the store is down', () => {
  test('calls in between ask for no lock in the store', async () => {
    const { breaker, backend } = new Fleet({ exclusive: true }).join();
    backend.conduct = failing('unreachable');
    await succeed(breaker, 10);
    expect(backend.count('lock')).toBeLessThanOrEqual(1);
  });

  test('a circuit whose name no backend takes is nobody’s, and locked by nobody', async () => {
    const { factory, backend } = new Fleet({ exclusive: { lease: '30s', wait: 0 } }).join();
    const breaker = factory.breakerFor('x'.repeat(2_000), {});
    const held = await breaker.start();
    expect((await breaker.start()).decidedBy).toBe('allow');
    await held.succeed();
    expect(backend.calls).toEqual([]);
  });

  test('two circuits whose long names begin alike have locks of their own', async () => {
    const { factory, backend } = new Fleet({ exclusive: { lease: '30s', wait: 0 } }).join();
    backend.conduct = failing('unreachable');
    const long = 'd'.repeat(1_000);
    const held = await factory.breakerFor(`${long}mallory`, {}).start();
    await succeed(factory.breakerFor(`${long}alice`, {}));
    await held.succeed();
  });

  test('under local jobs of this process run one at a time, and others don’t hold it up', async () => {
    const fleet = new Fleet({ exclusive: { lease: '30s', wait: '1s' } });
    const { breaker, backend } = fleet.join();
    backend.conduct = failing('unreachable');
    const held = await breaker.start();
    expect(held.decidedBy).toBe('local');
    const waiting = rejection(breaker.start());
    await fleet.clock.advance('1s');
    expect(await waiting).toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
    await held.succeed();
    await succeed(breaker);
  });

  test('under allow there is no lock, under throw the storage error refuses', async () => {
    const allowing = new Fleet({ exclusive: true, onStorageFailure: 'allow' }).join();
    allowing.backend.conduct = failing('unreachable');
    const [a, b] = [await allowing.breaker.start(), await allowing.breaker.start()];
    expect([a.decidedBy, b.decidedBy, a.fencingToken]).toEqual(['allow', 'allow', null]);
    const throwing = new Fleet({ exclusive: true, onStorageFailure: 'throw' }).join();
    throwing.backend.conduct = failing('unreachable');
    expect(await rejection(throwing.breaker.start())).toMatchObject({ code: 'ERR_STORAGE' });
  });

  test('a lock call that hangs is given up after wait and storageTimeout', async () => {
    const fleet = new Fleet({
      exclusive: { lease: '30s', wait: '2s' },
      storageTimeout: '1s',
      onStorageFailure: 'throw',
    });
    const { breaker, backend } = fleet.join();
    backend.conduct = failing('hang', 'lock');
    const starting = rejection(breaker.start());
    await fleet.clock.advance('3s');
    expect(await starting).toMatchObject({ code: 'ERR_STORAGE', ambiguous: true });
  });

  test('a backend that knows more at its deadline than that no answer came has a turn to say so', async () => {
    const options = {
      exclusive: { lease: '30s', wait: '2s' },
      storageTimeout: '1s',
      onStorageFailure: 'throw',
    } as const;
    const fleet = new Fleet(options);
    const { breaker, backend } = fleet.join();
    backend.lock = (_name, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new StorageError('It was throttled.', { retriable: true })));
      });
    const starting = rejection(breaker.start());
    await fleet.clock.advance('3s');
    expect(await starting).toMatchObject({ message: 'It was throttled.', ambiguous: false });
  });

  test('a lock that is granted after it was given up is given back', async () => {
    const fleet = new Fleet({ exclusive: { lease: '30s', wait: '1s' }, onStorageFailure: 'throw' });
    const { breaker, backend } = fleet.join();
    let grant: () => void = () => {};
    backend.conduct = async (call, make) => {
      if (call.verb === 'lock') await new Promise<void>((resolve) => (grant = resolve));
      return make();
    };
    const starting = rejection(breaker.start());
    await fleet.clock.advance('2s');
    await starting;
    // The server served a request that nobody waits for any more.
    backend.of('lock').forEach(({ signal }) => expect(signal?.aborted).toBe(true));
    grant();
    await fleet.turn();
    const lease = await fleet.memory.lock('c', { lease: 1_000 });
    await lease.release();
  });
});
