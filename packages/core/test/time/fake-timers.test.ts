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

test('The next turn comes for a module that was loaded under Node’s own fake timers, which are bound functions', async () => {
  const { setImmediate } = globalThis;
  const never = { setImmediate() {} };
  Object.assign(globalThis, { setImmediate: never.setImmediate.bind(never) });
  restore = () => void Object.assign(globalThis, { setImmediate });
  jest.resetModules();
  const late = (await import('../../src/time/clock.js')) as { nextTurn: typeof nextTurn };
  let isReached = false;
  void Promise.resolve().then(() => (isReached = true));
  await late.nextTurn();
  expect(isReached).toBe(true);
});

describe('fake timers that are taken away', () => {
  const { setTimeout, clearTimeout } = globalThis;
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  afterEach(() => {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    Object.assign(AbortSignal, { timeout });
  });

  /** A host whose timers, and the signals that it aborts after a while, come by hand. */
  function byHand(): { host: object; come: () => void; timers: Set<object> } {
    const timers = new Set<object>();
    const due: (() => void)[] = [];
    const host = {
      setTimeout(callback: () => void): object {
        const timer = { unref() {} };
        timers.add(timer);
        due.push(() => void (timers.delete(timer) && callback()));
        return timer;
      },
      clearTimeout: (timer: object) => void timers.delete(timer),
    };
    Object.assign(globalThis, host);
    const addEventListener = (_type: string, listener: () => void): void => void due.push(listener);
    const timeout = (ms: number): object => {
      if (!Number.isInteger(ms)) throw new RangeError('as Node does');
      return { addEventListener };
    };
    Object.assign(AbortSignal, { timeout });
    const come = (): void => {
      for (const each of due.splice(0)) each();
    };
    return { host, come, timers };
  }

  /** Sinon's, and so Jest's and Vitest's, bear their clock; Node's own, and stubs, bear nothing. */
  const fakes = [Object.assign(() => 7, { clock: {} }), () => {}];

  test.each(fakes)('leave over no timer of the system’s clock: it comes by the host’s own time', async (setTimeout) => {
    const { host, come } = byHand();
    Object.assign(globalThis, { setTimeout, clearTimeout: () => {} });
    let ran = 0;
    systemClock.after(20_000 / 3, () => (ran += 1));
    systemClock.after(60_000, () => (ran += 1))();
    come();
    come();
    expect(ran).toBe(0);
    Object.assign(globalThis, host);
    for (const times of [1, 1]) {
      come();
      await nextTurn();
      expect(ran).toBe(times);
    }
  });

  test('clear none of the host’s: a timer is cleared by what it was set with', () => {
    const { timers } = byHand();
    const cancel = systemClock.after(60_000, () => {});
    expect(timers.size).toBe(1);
    Object.assign(globalThis, { setTimeout: fakes[0], clearTimeout: () => {} });
    cancel();
    expect(timers.size).toBe(0);
  });
});
