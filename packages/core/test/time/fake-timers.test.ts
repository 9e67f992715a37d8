import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend, systemClock, type Clock } from '@circuitry/core';
import { nextTurn, VirtualClock } from '@circuitry/core/testing';
import sinon from '@sinonjs/fake-timers';

/** Each installs its fake timers and answers what takes them away, and what moves their time. */
const kinds: readonly (readonly [
  string,
  () => { readonly advance: (ms: number) => void; readonly restore: () => void },
])[] = [
  [
    'Jest’s',
    () => {
      jest.useFakeTimers();
      return { advance: (ms) => void jest.advanceTimersByTime(ms), restore: () => void jest.useRealTimers() };
    },
  ],
  [
    'Sinon’s, which are Vitest’s as well',
    () => {
      const clock = sinon.install();
      return { advance: (ms) => void clock.tick(ms), restore: () => clock.uninstall() };
    },
  ],
];

let restore = (): void => {};
afterEach(() => restore());

describe.each(kinds)('under fake timers, %s', (_, install) => {
  test('a virtual clock advances, and a circuit on it goes on', async () => {
    ({ restore } = install());
    const clock = new VirtualClock();
    const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), clock, failureCountThreshold: 1 });
    const breaker = factory.breakerFor('mail');
    await breaker.settle(() => Promise.reject(new Error('down')));
    expect(await breaker.state()).toBe('open');
    await clock.advance('60s');
    expect(await breaker.state()).toBe('half-open');
  });

  test('the system’s clock goes by the fake time, and by the real one again afterwards', async () => {
    const before = systemClock.now();
    const fake = install();
    restore = fake.restore;
    const began = systemClock.now();
    let ran = 0;
    systemClock.after(60_000, () => (ran += 1));
    const cancel = systemClock.after(60_000, () => (ran += 1));
    cancel();
    fake.advance(59_999);
    expect(ran).toBe(0);
    fake.advance(1);
    expect(ran).toBe(1);
    expect(systemClock.now()).toBe(began + 60_000);
    fake.restore();
    expect(Math.abs(systemClock.now() - before)).toBeLessThan(60_000);
  });

  test('a circuit on the system’s clock reopens by the fake time', async () => {
    const fake = install();
    restore = fake.restore;
    const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), failureCountThreshold: 1 });
    const breaker = factory.breakerFor('mail');
    await breaker.settle(() => Promise.reject(new Error('down')));
    fake.advance(59_999);
    expect(await breaker.state()).toBe('open');
    fake.advance(1);
    expect(await breaker.state()).toBe('half-open');
  });

  test('the next turn comes, even for a module that was loaded under them', async () => {
    ({ restore } = install());
    await nextTurn();
    jest.resetModules();
    const late = (await import('../../src/time/clock.js')) as { nextTurn: typeof nextTurn };
    expect(late.nextTurn).not.toBe(nextTurn);
    let isReached = false;
    void Promise.resolve().then(() => (isReached = true));
    await late.nextTurn();
    expect(isReached).toBe(true);
  });
});

describe('fake timers that are taken away', () => {
  const { setTimeout, clearTimeout } = globalThis;
  afterEach(() => void Object.assign(globalThis, { setTimeout, clearTimeout }));

  /** A host whose timers come by hand, and a clock that was loaded on it. */
  async function load(): Promise<{ clock: Clock; host: object; come: () => void; waiting: Map<object, () => void> }> {
    const waiting = new Map<object, () => void>();
    const host = {
      setTimeout(callback: () => void): object {
        const timer = { unref() {} };
        waiting.set(timer, callback);
        return timer;
      },
      clearTimeout: (timer: object) => void waiting.delete(timer),
    };
    Object.assign(globalThis, host);
    jest.resetModules();
    const { systemClock: clock } = (await import('../../src/time/clock.js')) as { systemClock: Clock };
    const come = (): void => {
      for (const [timer, callback] of [...waiting]) if (waiting.delete(timer)) callback();
    };
    return { clock, host, come, waiting };
  }

  const fake = { setTimeout: Object.assign(() => 7, { clock: {} }), clearTimeout: () => {} };

  test('leave over no timer of the system’s clock: it comes by the host’s own time', async () => {
    const { clock, host, come, waiting } = await load();
    Object.assign(globalThis, fake);
    let ran = 0;
    clock.after(0, () => (ran += 1));
    clock.after(60_000, () => (ran += 1))();
    come();
    come();
    expect(ran).toBe(0);
    Object.assign(globalThis, host);
    come();
    expect(ran).toBe(1);
    come();
    expect([ran, waiting.size]).toEqual([1, 0]);
  });

  test('clear none of the host’s: a timer is cleared by what it was set with', async () => {
    const { clock, waiting } = await load();
    const cancel = clock.after(60_000, () => {});
    Object.assign(globalThis, fake);
    cancel();
    expect(waiting.size).toBe(0);
  });
});
