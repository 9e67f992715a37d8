import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { onAbort, withSignal } from '@circuitry/core';

/** Signals that are no AbortSignal of the host, and how each is aborted. */
const strangers: readonly (readonly [string, () => { signal: AbortSignal; abort: (reason: unknown) => void }])[] = [
  [
    'stands for another, whose events name that one',
    () => {
      const inner = new AbortController();
      const signal = {
        get aborted() {
          return inner.signal.aborted;
        },
        get reason(): unknown {
          return inner.signal.reason;
        },
        addEventListener: inner.signal.addEventListener.bind(inner.signal),
        removeEventListener: inner.signal.removeEventListener.bind(inner.signal),
      };
      return { signal: signal as never, abort: (reason) => inner.abort(reason) };
    },
  ],
  [
    'calls its listeners without an event',
    () => {
      const listeners = new Set<() => void>();
      const signal = {
        aborted: false,
        reason: undefined as unknown,
        addEventListener: (_type: string, listener: () => void) => void listeners.add(listener),
        removeEventListener: (_type: string, listener: () => void) => void listeners.delete(listener),
      };
      const abort = (reason: unknown): void => {
        Object.assign(signal, { aborted: true, reason });
        for (const each of listeners) each();
      };
      return { signal: signal as never, abort };
    },
  ],
];

describe.each(strangers)('a signal of a library’s own that %s', (_, make) => {
  test('is heard by each call that follows it', async () => {
    const { signal, abort } = make();
    const calls = [1, 2].map(() => withSignal(new Promise<never>(() => {}), signal));
    const reason = new Error('enough');
    abort(reason);
    for (const call of calls) await expect(call).rejects.toBe(reason);
  });
});

describe('of those who follow one signal', () => {
  test('each hears, although others throw, and what the first of them threw is not lost', () => {
    const { signal, abort } = (strangers[1] as (typeof strangers)[number])[1]();
    const heard: number[] = [];
    for (const each of [1, 2, 3])
      onAbort(signal, () => {
        heard.push(each);
        if (each < 3) throw new Error(`of ${each}`);
      });
    expect(() => abort('enough')).toThrow('of 1');
    expect(heard).toEqual([1, 2, 3]);
  });

  test.each(strangers)('each is told although it can not say why, and %s', async (_, make) => {
    const { signal, abort } = make();
    const mute = Object.defineProperty(Object.create(signal) as AbortSignal, 'reason', {
      get() {
        throw new Error('it does not say');
      },
    });
    const call = withSignal(new Promise<never>(() => {}), mute);
    abort('enough');
    await expect(call).rejects.toThrow('it does not say');
  });
});

describe('a call under a signal', () => {
  test('settles as the call does while the signal is quiet, and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    await expect(withSignal(Promise.resolve(7), signal)).resolves.toBe(7);
    const failed = new Error('down');
    await expect(withSignal(Promise.reject(failed), signal)).rejects.toBe(failed);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('without a signal is the call itself', () => {
    const call = Promise.resolve(7);
    expect(withSignal(call, undefined)).toBe(call);
  });

  test('rejects with the reason as soon as the signal is aborted, and leaves no listener behind', async () => {
    const controller = new AbortController();
    const waiting = withSignal(new Promise<never>(() => {}), controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  test('rejects at once if the signal was aborted before, whatever comes of the call', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(withSignal(Promise.reject(new Error('late')), signal)).rejects.toBe(reason);
    await expect(withSignal(Promise.resolve(7), signal)).rejects.toBe(reason);
  });

  test('rejects with what is made of the reason', async () => {
    const signal = AbortSignal.abort('stop');
    await expect(withSignal(Promise.resolve(7), signal, (reason) => new Error(`${String(reason)}!`))).rejects.toThrow(
      'stop!',
    );
  });

  test('drops what comes after the signal, a rejection too', async () => {
    const controller = new AbortController();
    let fail = (_error: Error): void => {};
    const call = new Promise<never>((_, reject) => (fail = reject));
    const waiting = withSignal(call, controller.signal);
    controller.abort('stop');
    fail(new Error('late'));
    await expect(waiting).rejects.toBe('stop');
  });
});
