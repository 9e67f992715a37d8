import { describe, expect, test } from '@jest/globals';
import { StorageError } from '@circuitry/core';
import { fail, Fleet, isAdmitted, succeed, type Worker } from '../breaker/support/fleet.js';
import { failing } from '../breaker/support/failing-backend.js';
import type { Conduct, Verb } from '../breaker/support/recording-backend.js';

const reads: readonly Verb[] = ['retrieve'];
const writes: readonly Verb[] = ['apply', 'store'];

/** Calls about the named circuits fail so; those of all others reach the store. */
function failingFor(names: (name: string) => boolean, verbs: readonly Verb[], error: () => Error): Conduct {
  return async (call, make) => {
    if (names(call.name) && verbs.includes(call.verb)) throw error();
    return make();
  };
}

/** A call of a circuit that must be decided by the store and counted there. */
async function goesToTheStore({ factory }: Worker, name: string): Promise<boolean> {
  const result = await factory.breakerFor(name, {}).settle(() => 1);
  return result.status === 'fulfilled' && result.decidedBy === undefined && result.circuitError === undefined;
}

const troubles: readonly (readonly [string, readonly Verb[], () => Error])[] = [
  ['throttles its writes', writes, () => new StorageError('throughput exceeded', { retriable: true })],
  ['throttles its reads', reads, () => new StorageError('throughput exceeded', { retriable: true })],
  ['holds a counter at its limit', ['apply'], () => new StorageError('overflow', { scope: 'circuit' })],
  ['can not build a request for it', [...reads, ...writes], () => new TypeError('Invalid character in header')],
  ['rejects with something that says nothing', [...reads, ...writes], () => Object.create(null) as Error],
];

describe.each(troubles)('A store that %s, for one circuit of a hundred', (_, verbs, error) => {
  test.each(['local', 'allow', 'throw'] as const)('is there for all the others, under %s', async (policy) => {
    const fleet = new Fleet({ onStorageFailure: policy });
    const worker = fleet.join();
    worker.backend.conduct = failingFor((name) => name === 'c7', verbs, error);
    for (let round = 0; round < 3; round += 1) {
      for (let index = 0; index < 100; index += 1) {
        if (index === 7) await worker.factory.breakerFor('c7', {}).settle(() => 1);
        else expect(await goesToTheStore(worker, `c${index}`)).toBe(true);
      }
      await fleet.clock.advance(37);
    }
    expect((await fleet.counters('c8'))['total.successes']).toBe(3);
    const told = worker.events.of('storageFailure').map(({ scope, name }) => ({ scope, name }));
    expect(told.length).toBeGreaterThan(0);
    for (const each of told) expect(each).toEqual({ scope: 'circuit', name: 'c7' });
  });
});

describe.each([
  ['at once', 0],
  ['after the failures', 5],
])('Twelve circuits of a hundred that fail together, the others being answered %s', (_, late) => {
  test.each([
    ['reads', reads],
    ['writes', writes],
    ['reads and writes', [...reads, ...writes]],
  ] as const)('keep no call of another from the store: %s', async (__, verbs) => {
    const fleet = new Fleet();
    const worker = fleet.join();
    worker.backend.conduct = async (call, make) => {
      if (call.name.startsWith('hot')) {
        if (verbs.includes(call.verb)) throw new StorageError('throughput exceeded');
      } else if (late > 0) await new Promise<void>((resolve) => fleet.clock.after(late, resolve));
      return make();
    };
    for (let round = 0; round < 3; round += 1) {
      const hot = Array.from({ length: 12 }, (___, index) =>
        worker.factory.breakerFor(`hot${index}`, {}).settle(() => 1),
      );
      const others = Array.from({ length: 88 }, (___, index) => goesToTheStore(worker, `c${index}`));
      await fleet.clock.advance(200);
      expect((await Promise.all(others)).filter((isThere) => !isThere)).toEqual([]);
      await Promise.all(hot);
    }
    expect(new Set(worker.events.of('storageFailure').map(({ scope }) => scope))).toEqual(new Set(['circuit']));
  });
});

test('One of three masters that freezes takes only its own circuits: calls of the others all go to the store', async () => {
  const fleet = new Fleet({ storageTimeout: '100ms' });
  const worker = fleet.join();
  const isFrozen = (name: string): boolean => Number(name.slice(1)) % 3 === 0;
  worker.backend.conduct = async (call, make) => (isFrozen(call.name) ? new Promise(() => {}) : make());
  for (let round = 0; round < 5; round += 1) {
    const calls = Array.from({ length: 30 }, async (__, index) =>
      isFrozen(`c${index}`)
        ? (await worker.factory.breakerFor(`c${index}`, {}).settle(() => 1)).status === 'fulfilled'
        : goesToTheStore(worker, `c${index}`),
    );
    await fleet.clock.advance(500);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 30 }, () => true));
  }
  const scopes = new Set(worker.events.of('storageFailure').map(({ scope }) => scope));
  expect([...scopes]).toEqual(['circuit']);
});

test('A lock that fails for one circuit leaves the locks of the others to the store', async () => {
  const fleet = new Fleet({ exclusive: true });
  const worker = fleet.join();
  worker.backend.conduct = failingFor(
    (name) => name === 'c1',
    ['lock'],
    () => new StorageError('WRONGTYPE'),
  );
  for (let round = 0; round < 20; round += 1) {
    await worker.factory.breakerFor('c1', {}).settle(() => 1);
    expect(await goesToTheStore(worker, 'c2')).toBe(true);
  }
  expect(worker.backend.of('lock').filter(({ name }) => name === 'c2')).toHaveLength(20);
});

test('A read that is lost for one circuit does not stop its neighbour from tripping', async () => {
  const fleet = new Fleet({ failureCountThreshold: 2 });
  const [one, two] = [fleet.join(), fleet.join()];
  one.backend.conduct = failingFor(
    (name) => name === 'broken',
    reads,
    () => new StorageError('MOVED'),
  );
  await one.factory.breakerFor('broken', {}).settle(() => 1);
  await fail(one.breaker, 2);
  expect(await isAdmitted(two.breaker)).toBe(false);
});

describe('A store that reads and can not write', () => {
  const unwritable = failing('unreachable', 'apply', 'store');

  test('is down for writes: the local machine is kept, and trips as in a whole outage', async () => {
    const count = async (conduct: Conduct): Promise<number> => {
      const fleet = new Fleet({ failureCountThreshold: 3, allowAfter: '60s' });
      const { breaker, backend } = fleet.join();
      await succeed(breaker);
      backend.conduct = conduct;
      let ran = 0;
      for (let call = 0; call < 20; call += 1) {
        await breaker.settle(() => {
          ran += 1;
          throw new Error('down');
        });
        await fleet.clock.advance(150);
      }
      return ran;
    };
    expect(await count(unwritable)).toBe(3);
    expect(await count(failing('unreachable'))).toBe(3);
  });

  test('lets one trial through per pause and process, where the circuit was open', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const { breaker, backend } = fleet.join();
    await fail(breaker);
    backend.conduct = unwritable;
    let ran = 0;
    for (let call = 0; call < 50; call += 1) {
      await breaker.settle(() => {
        ran += 1;
        throw new Error('still down');
      });
      await fleet.clock.advance(100);
    }
    // 5 s at one a second; the first is due a second after the trip.
    expect(ran).toBeGreaterThan(0);
    expect(ran).toBeLessThanOrEqual(5);
  });

  test('has its failure and its recovery announced once each', async () => {
    const fleet = new Fleet({ failureCountThreshold: 100 });
    const { breaker, backend, events } = fleet.join();
    await succeed(breaker);
    backend.conduct = unwritable;
    for (let call = 0; call < 30; call += 1) {
      await fail(breaker);
      await fleet.clock.advance(300);
    }
    expect(events.of('storageFailure')).toMatchObject([{ scope: 'store', ability: 'write' }]);
    expect(events.of('storageRecovered')).toEqual([]);
    backend.conduct = (_call, make) => make();
    for (let call = 0; call < 10; call += 1) {
      await succeed(breaker);
      await fleet.clock.advance(2_000);
    }
    expect(events.of('storageFailure')).toHaveLength(1);
    expect(events.of('storageRecovered')).toMatchObject([{ scope: 'store' }]);
  });

  test('refuses its own tripped circuit until it can be written again, and only then asks the store', async () => {
    const fleet = new Fleet({ failureCountThreshold: 2, allowAfter: '1h' });
    const { breaker, backend } = fleet.join();
    await succeed(breaker);
    backend.conduct = unwritable;
    await fail(breaker, 2);
    for (let call = 0; call < 10; call += 1) {
      expect(await isAdmitted(breaker)).toBe(false);
      await fleet.clock.advance(1_000);
    }
    backend.conduct = (_call, make) => make();
    await fleet.clock.advance(10_000);
    await breaker.settle(() => 1);
    await fleet.clock.advance(10_000);
    expect(await isAdmitted(breaker)).toBe(true);
    expect(await breaker.state()).toBe('closed');
  });
});
