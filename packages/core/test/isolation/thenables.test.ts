/* eslint-disable @typescript-eslint/await-thenable -- a turn of the microtasks */
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from '@jest/globals';
import { down, Fleet, isAdmitted } from '../breaker/support/fleet.js';

/** A promise of a library's own: nothing of it is a Promise. */
class Deferred<T> implements PromiseLike<T> {
  readonly #promise: Promise<T>;
  constructor(promise: Promise<T>) {
    this.#promise = promise;
  }
  catch(onError: (error: unknown) => void): PromiseLike<unknown> {
    return this.then(null, onError);
  }
  then<A, B>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    return new Deferred(this.#promise.then(onValue, onError));
  }
}

const makers: readonly (readonly [string, <T>(promise: Promise<T>) => PromiseLike<T>])[] = [
  ['a promise of a library’s own', (promise) => new Deferred(promise)],
  [
    'a promise of another realm',
    (promise) =>
      (runInNewContext('(p) => new Promise((ok, no) => p.then(ok, no))') as <T>(given: Promise<T>) => PromiseLike<T>)(
        promise,
      ),
  ],
  [
    'a function with a then',
    <T>(promise: Promise<T>) =>
      Object.assign(() => {}, { then: promise.then.bind(promise) }) as unknown as PromiseLike<T>,
  ],
];

describe.each(makers)('Work that answers %s', (_, make) => {
  test.each([{}, { consistency: { maxStaleness: '1s' } }, { workTimeout: '1m' }, { exclusive: true }] as const)(
    'is awaited and counted, with %j',
    async (options) => {
      const { breaker, factory } = new Fleet({ ...options, failureCountThreshold: 2 }).join();
      expect(await breaker.execute(() => make(Promise.resolve('value')))).toBe('value');
      expect(await breaker.settle(() => make(Promise.resolve('value')))).toMatchObject({ value: 'value' });
      for (let call = 0; call < 2; call += 1)
        expect(await breaker.settle(() => make(Promise.reject(down)))).toMatchObject({ reason: down });
      expect(await breaker.state()).toBe('open');
      await factory.close();
    },
  );

  test('holds its trial until it settles', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const { breaker } = fleet.join();
    await breaker.settle(() => make(Promise.reject(down)));
    await fleet.clock.advance('1s');
    let answer = (_value: string): void => {};
    const trial = breaker.execute(() => make(new Promise<string>((resolve) => (answer = resolve))));
    await fleet.turn();
    expect(await isAdmitted(breaker)).toBe(false);
    answer('well');
    expect(await trial).toBe('well');
    expect(await breaker.state()).toBe('closed');
  });

  test('may be a fallback’s answer, or a backend’s', async () => {
    const { breaker, backend } = new Fleet({ failureCountThreshold: 1 }).join();
    backend.conduct = ((_call: unknown, call: () => Promise<unknown>) => make(call())) as never;
    await breaker.settle(() => Promise.reject(down));
    expect(await breaker.execute(() => 'ran', { fallback: () => make(Promise.resolve('cached')) })).toBe('cached');
  });
});

test('Work that answers a thenable of a thenable is timed until the last of them settles', async () => {
  const fleet = new Fleet({ workTimeout: '10s' });
  const { breaker } = fleet.join();
  // As libraries did before Promises/A+: what it resolves with is handed on as it is.
  const settling = breaker.settle(
    () => ({ then: (resolve: (value: unknown) => void) => resolve(new Deferred(new Promise(() => {}))) }) as never,
  );
  await fleet.clock.advance('10s');
  expect(await settling).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORK_TIMEOUT' } });
});

describe('Where a library’s promise stands in the place of the global one', () => {
  const real = globalThis.Promise;
  afterEach(() => {
    globalThis.Promise = real;
  });

  test('a half-open round has one trial, and closes', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const { breaker, events } = fleet.join();
    await breaker.settle(() => real.reject(down));
    await fleet.clock.advance('1s');
    class Replaced<T> extends Deferred<T> {
      constructor(begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => void) {
        super(new real<T>(begin));
      }
      static resolve<V>(value: V): PromiseLike<V> {
        return new Deferred(real.resolve(value));
      }
    }
    globalThis.Promise = Replaced as never;
    let answer = (_value: number): void => {};
    const calls = [1, 2, 3].map(() => breaker.settle(() => new Promise<number>((resolve) => (answer = resolve))));
    for (let turn = 0; turn < 50; turn += 1) await undefined;
    answer(1);
    const settled: string[] = [];
    for (const call of calls) settled.push((await call).status);
    globalThis.Promise = real;
    expect(events.of('storageFailure')).toEqual([]);
    expect(settled).toEqual(['fulfilled', 'refused', 'refused']);
    expect(await breaker.state()).toBe('closed');
  });
});
