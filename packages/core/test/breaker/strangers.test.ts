import { expect, test } from '@jest/globals';
import {
  CircuitBreakerFactory,
  MemoryBackend,
  type CircuitRecord,
  type FactoryOptions,
  type Lease,
  type StorageBackend,
  type Unwatch,
  type WatchListener,
} from '@circuitry/core';
import { nextTurn } from '../../src/time/clock.js';
import { rejection } from './support/fleet.js';

// Backends that keep to the contract's types only in part, as one without TypeScript may: none of them may hang a call,
// end the process, or run work that nothing protects.

/** A MemoryBackend of which one member is another's. */
function withMember<Name extends keyof StorageBackend>(name: Name, member: unknown): StorageBackend {
  const memory = new MemoryBackend();
  return new Proxy<StorageBackend>(memory, {
    get: (_, wanted: keyof StorageBackend) => {
      if (wanted === name) return member;
      const own: unknown = Reflect.get(memory, wanted);
      return typeof own === 'function' ? (own.bind(memory) as unknown) : own;
    },
  });
}

function factoryOn(backend: StorageBackend, options: Partial<FactoryOptions> = {}): CircuitBreakerFactory {
  return new CircuitBreakerFactory({ ...options, backend });
}

test.each([
  [
    'throws at once',
    () => {
      throw new Error('socket closed');
    },
  ],
  ['answers no promise', () => undefined],
])('a lease whose release %s: the work’s value reaches the caller', async (_, release) => {
  const lease = { token: 1, extend: async () => {}, release } as unknown as Lease;
  const factory = factoryOn(
    withMember('lock', async () => lease),
    { exclusive: true },
  );
  expect(await factory.breakerFor('c').execute(() => 'value')).toBe('value');
});

test.each([[null], [undefined], [{}]])(
  'a lock that answers %p is a storage error: the work does not run without one',
  async (answer) => {
    const factory = factoryOn(
      withMember('lock', async () => answer),
      { exclusive: true, onStorageFailure: 'throw' },
    );
    let ran = 0;
    const error = await rejection(factory.breakerFor('c').execute(() => (ran += 1)));
    expect(error).toMatchObject({ code: 'ERR_STORAGE', message: expect.stringContaining('no lease') as unknown });
    expect(ran).toBe(0);
  },
);

test('a backend that rejects with something that has no text fails like any other', async () => {
  const odd: unknown = Object.create(null);
  const factory = factoryOn(
    withMember('retrieve', () => Promise.reject(odd)),
    { onStorageFailure: 'throw' },
  );
  expect(await rejection(factory.breakerFor('c').execute(() => 1))).toMatchObject({ code: 'ERR_STORAGE', cause: odd });
});

test.each([
  [
    'throws at once',
    () => {
      throw new Error('not now');
    },
  ],
  ['is no function', 'none'],
])('a watch that %s is logged, and listening and closing go on', async (_, watch) => {
  const warned: string[] = [];
  const log = (message: string): void => void warned.push(message);
  const logger = { debug: log, info: log, warn: log, error: log };
  const factory = factoryOn(withMember('watch', watch), { logger });
  factory.on('observed', () => {});
  await nextTurn();
  expect(warned).toEqual([expect.stringContaining('could not be watched')]);
  await factory.close();
});

test('a watch whose end answers no promise does not keep the factory from closing', async () => {
  const factory = factoryOn(withMember('watch', async () => (() => undefined) as unknown as Unwatch));
  factory.on('observed', () => {});
  await factory.close();
});

test.each([
  ['no record', {}],
  ['an unknown state', { state: 'ajar' }],
  ['an override of no kind', { override: { state: 'open', reason: 42, by: null, until: null } }],
])('a pushed record that is none (%s) decides nothing: whoever comes next asks the store', async (_, damage) => {
  let push: WatchListener = () => {};
  const backend = withMember('watch', async (listener: WatchListener) => {
    push = listener;
    return async () => {};
  });
  const factory = factoryOn(backend, { consistency: { maxStaleness: '1h' } });
  const breaker = factory.breakerFor('c');
  await breaker.execute(() => 1);
  const { revision } = await breaker.information();
  const whole = {
    revision: revision + 1,
    state: 'open',
    generation: 1,
    openings: 1,
    since: 1,
    expiresAt: 9e15,
    override: null,
    by: '',
    counters: {},
  };
  const record = damage === undefined || Object.keys(damage).length === 0 ? {} : { ...whole, ...damage };
  push({ type: 'transition', name: 'c', record: record as CircuitRecord });
  expect(await breaker.settle(() => 2)).toEqual({ status: 'fulfilled', value: 2 });
  await factory.close();
});
