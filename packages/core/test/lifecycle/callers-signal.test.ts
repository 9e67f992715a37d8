import { getEventListeners, getMaxListeners } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  CircuitBreakerFactory,
  LockTimeoutError,
  MemoryBackend,
  StorageError,
  type FactoryOptions,
} from '@circuitry/core';
import { Fleet, rejection } from '../breaker/support/fleet.js';

const manners: [string, Partial<FactoryOptions>][] = [
  ['by itself', {}],
  ['with a workTimeout', { workTimeout: '1h' }],
  ['with an exclusive lease', { exclusive: true }],
  ['in bounded mode', { consistency: { maxStaleness: 250 } }],
  ["in mode: 'off'", { mode: 'off', workTimeout: '1h' }],
];

describe("The caller's signal reaches what the work left alive", () => {
  test.each(manners)('after execute, settle and start resolved: %s', async (_how, options) => {
    const { breaker } = new Fleet(options).join();
    const user = new AbortController();
    const { signal } = user;
    const executed = await breaker.execute((work) => Promise.resolve(work.signal), { signal });
    const settled = await breaker.settle((work) => work.signal, { signal });
    const permit = await breaker.start({ signal });
    const held = permit.signal;
    await permit.succeed();
    if (settled.status !== 'fulfilled') throw new Error(settled.status);
    const alive = [executed, settled.value, held];
    expect(alive.map(({ aborted }) => aborted)).toEqual([false, false, false]);
    const heard: unknown[] = [];
    for (const each of alive) each.addEventListener('abort', () => heard.push(each.reason));
    const reason = new Error('the user left');
    user.abort(reason);
    expect(heard).toEqual([reason, reason, reason]);
  });

  test.each(manners)('where it is a signal of a library’s own that stands for another: %s', async (_how, options) => {
    const { breaker } = new Fleet(options).join();
    const user = new AbortController();
    const { signal: inner } = user;
    const signal = {
      get aborted() {
        return inner.aborted;
      },
      get reason(): unknown {
        return inner.reason;
      },
      addEventListener: inner.addEventListener.bind(inner),
      removeEventListener: inner.removeEventListener.bind(inner),
    } as unknown as AbortSignal;
    const alive = await breaker.execute((work) => work.signal, { signal });
    const reason = new Error('the user left');
    user.abort(reason);
    expect(alive.aborted).toBe(true);
    expect(alive.reason).toBe(reason);
  });

  describe('on a real response', () => {
    let server: http.Server;
    beforeAll(async () => {
      // Sends its headers and the beginning of a body that never ends.
      server = http.createServer((_request, response) => void response.write('a'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => void server.closeAllConnections());
    afterAll(() => new Promise((resolve) => server.close(resolve)));

    test.each(manners)('the body breaks off when the caller aborts: %s', async (_how, options) => {
      const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), ...options });
      const user = new AbortController();
      const { port } = server.address() as AddressInfo;
      const response = await factory
        .breakerFor('x')
        .execute(({ signal }) => fetch(`http://127.0.0.1:${port}/`, { signal }), { signal: user.signal });
      const body = rejection(response.text());
      user.abort();
      expect(await body).toMatchObject({ name: 'AbortError' });
      await factory.close();
    });
  });

  test('a workTimeout that is over stops nothing: the work was done in time', async () => {
    const fleet = new Fleet({ workTimeout: '1s' });
    const { breaker } = fleet.join();
    const alive = await breaker.execute(({ signal }) => signal);
    await fleet.clock.advance('1m');
    expect(alive.aborted).toBe(false);
    expect(fleet.clock.pending).toBe(0);
  });
});

describe('One signal on many calls', () => {
  test.each(manners)('warns of no listeners, and keeps none: %s', async (_how, options) => {
    const user = new AbortController();
    const counts = countListeners(user.signal);
    const { breaker, factory } = new Fleet(options).join();
    for (let round = 0; round < 10; round += 1) {
      if (options.exclusive === true) {
        for (let call = 0; call < 20; call += 1)
          await breaker.execute(({ signal }) => signal.aborted, { signal: user.signal });
      } else {
        await Promise.all(
          Array.from({ length: 100 }, () => breaker.execute(({ signal }) => signal.aborted, { signal: user.signal })),
        );
      }
    }
    expect(counts()).toMatchObject({ now: 0 });
    expect(counts().most).toBeLessThanOrEqual(getMaxListeners(new AbortController().signal));
    await factory.close();
  });

  test.each(manners)('warns of nothing where each work listens to it: %s', async (_how, options) => {
    const user = new AbortController();
    const { factory } = new Fleet(options).join();
    const signals: AbortSignal[] = [];
    const stopped = Array.from({ length: 50 }, (_, tenant) =>
      factory.breakerFor(`tenant-${tenant}`, {}).settle(
        ({ signal }) => {
          signals.push(signal);
          return new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
        { signal: user.signal },
      ),
    );
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(signals).toHaveLength(50);
    // What Node warns by. Its warning itself is heard by no test: Jest gives each a copy of the process.
    const isFull = (signal: AbortSignal): boolean =>
      getEventListeners(signal, 'abort').length > getMaxListeners(signal);
    expect(signals.filter((each) => isFull(each))).toEqual([]);
    user.abort();
    for (const each of stopped) expect((await each).status).toBe('fulfilled');
    await factory.close();
  });

  test.each<[string, () => AbortSignal]>([
    ['the host’s', () => new AbortController().signal],
    ['a library’s own', () => ({ aborted: false, addEventListener() {}, removeEventListener() {} }) as never],
  ])('lets what the calls made be collected while the signal lives on, %s', async (_whose, make) => {
    setFlagsFromString('--expose-gc');
    const { runInNewContext } = await import('node:vm');
    const collect = runInNewContext('gc') as () => void;
    const users = make();
    const { breaker } = new Fleet({ workTimeout: '1h' }).join();
    const made: WeakRef<AbortSignal>[] = [];
    for (let call = 0; call < 100; call += 1)
      made.push(new WeakRef(await breaker.execute(({ signal }) => signal, { signal: users })));
    for (let turn = 0; turn < 20 && made.some((each) => each.deref() !== undefined); turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    expect(made.filter((each) => each.deref() !== undefined).length).toBeLessThan(5);
    expect(users.aborted).toBe(false);
  });
});

test.each(manners)(
  'A call that its caller aborts while it is undecided never runs, whatever the reason: %s',
  async (_how, options) => {
    const reasons = [new StorageError('mine'), new LockTimeoutError('other', 1), undefined, null, 'left'];
    for (const mode of ['enforce', 'observe'] as const)
      for (const reason of reasons) {
        const { breaker, backend } = new Fleet({ mode, ...options }).join();
        backend.conduct = () => new Promise<never>(() => {});
        const user = new AbortController();
        let ran = 0;
        const settling = breaker.settle(() => (ran += 1), { signal: user.signal });
        user.abort(reason);
        if (options.mode === 'off') continue;
        const result = await settling;
        expect(result.status === 'refused' && result.error === user.signal.reason).toBe(true);
        expect(ran).toBe(0);
      }
  },
);

/** How many listeners are on the signal that were added from now on, and the most that there were: beyond its limit Node warns. */
function countListeners(signal: AbortSignal): () => { readonly now: number; readonly most: number } {
  const listeners = new Set<unknown>();
  let most = 0;
  const add = signal.addEventListener.bind(signal) as (...all: unknown[]) => void;
  const remove = signal.removeEventListener.bind(signal) as (...all: unknown[]) => void;
  Object.assign(signal, {
    addEventListener(...all: unknown[]) {
      listeners.add(all[1]);
      most = Math.max(most, listeners.size);
      add(...all);
    },
    removeEventListener(...all: unknown[]) {
      listeners.delete(all[1]);
      remove(...all);
    },
  });
  return () => ({ now: listeners.size, most });
}
