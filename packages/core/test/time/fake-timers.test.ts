import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend, systemClock } from '@circuitry/core';
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
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  afterEach(() => {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    Object.assign(AbortSignal, { timeout });
  });

  /** A host whose timers come by hand. */
  function byHand(): { host: object; come: () => void; waiting: Map<object, () => void> } {
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
    const addEventListener = (_type: string, listener: () => void): void => void waiting.set({}, listener);
    Object.assign(AbortSignal, { timeout: () => ({ addEventListener }) });
    const come = (): void => {
      for (const [timer, callback] of [...waiting]) if (waiting.delete(timer)) callback();
    };
    return { host, come, waiting };
  }

  const fake = { setTimeout: Object.assign(() => 7, { clock: {} }), clearTimeout: () => {} };

  test('leave over no timer of the system’s clock: it comes by the host’s own time', () => {
    const { host, come, waiting } = byHand();
    Object.assign(globalThis, fake);
    let ran = 0;
    systemClock.after(0.5, () => (ran += 1));
    systemClock.after(60_000, () => (ran += 1))();
    come();
    come();
    expect(ran).toBe(0);
    Object.assign(globalThis, host);
    come();
    expect(ran).toBe(1);
    come();
    expect([ran, waiting.size]).toEqual([1, 0]);
  });

  test('clear none of the host’s: a timer is cleared by what it was set with', () => {
    const { waiting } = byHand();
    const cancel = systemClock.after(60_000, () => {});
    Object.assign(globalThis, fake);
    cancel();
    expect(waiting.size).toBe(0);
  });
});
