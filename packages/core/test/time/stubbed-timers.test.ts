import { afterEach, describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend, systemClock, type Clock, type FactoryOptions } from '@circuitry/core';
import { nextTurn } from '@circuitry/core/testing';
import { RecordingBackend } from '../breaker/support/recording-backend.js';

const real = globalThis.setTimeout;
afterEach(() => {
  globalThis.setTimeout = real;
});

/** Work that waits for the host, as all real work does. */
const later = (): Promise<string> => new Promise((resolve) => real(() => resolve('value'), 20));

/** After so many calls the stub stops: a heartbeat that goes round and round would never let a test end. */
const enough = 20_000;

/** A setTimeout that calls each timer back by `soon`, whatever its time; and how often it was asked. */
function stub(soon: (callback: () => void) => unknown): { calls: number } {
  const seen = { calls: 0 };
  globalThis.setTimeout = ((callback: () => void) => {
    seen.calls += 1;
    return seen.calls > enough ? {} : soon(callback);
  }) as never;
  return seen;
}

/** A circuit's healthy call, its trial, and its end, each with work that takes a while. */
async function goesOn(options: Partial<FactoryOptions>): Promise<void> {
  let now = Date.now();
  const memory = new MemoryBackend({ clock: { ...systemClock, now: () => now } });
  const factory = new CircuitBreakerFactory({ failureCountThreshold: 1, ...options, backend: memory });
  const breaker = factory.breakerFor('c');
  expect(await breaker.execute(later)).toBe('value');
  await breaker.settle(() => Promise.reject(new Error('down')));
  now += 120_000;
  // Under bounded staleness the view has to grow old first.
  await later();
  expect(await breaker.execute(later)).toBe('value');
  await factory.close();
}

const manners: readonly Partial<FactoryOptions>[] = [
  {},
  { slowCallAfter: '1s' },
  { exclusive: true },
  { consistency: { maxStaleness: 1 } },
];

describe.each<[string, (callback: () => void) => unknown]>([
  ['at once', (callback) => void callback()],
  ['in a microtask', (callback) => void Promise.resolve().then(callback)],
  ['in the next tick', (callback) => void process.nextTick(callback)],
])('A setTimeout replaced by a stub that calls back %s', (_, soon) => {
  test.each(manners)('lets the event loop go on, with %j', async (options) => {
    const seen = stub(soon);
    await goesOn({ ...options, onStorageFailure: 'allow' });
    expect(seen.calls).toBeLessThan(enough);
  });
});

test('A workTimeout that a stub calls at once takes no result from its caller', async () => {
  stub((callback) => void callback());
  await goesOn({ workTimeout: '1m' });
});

describe.each<[string, () => unknown]>([
  [
    'whose timers throw when they are unreferenced',
    () => ({
      unref() {
        throw new Error('boom');
      },
    }),
  ],
  [
    'that answers a revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
])('A setTimeout %s', (_, answer) => {
  test.each(manners)('lets every call settle, with %j', async (options) => {
    globalThis.setTimeout = answer as never;
    await goesOn(options);
  });
});

describe('A timer that comes again and again', () => {
  /** Each timer comes a hundred times, a turn apart. */
  const often = (callback: () => void): void => {
    let left = 100;
    const come = (): void => {
      callback();
      if ((left -= 1) > 0) void nextTurn().then(come);
    };
    void nextTurn().then(come);
  };

  /** Heartbeats of a trial that set themselves again: each more than once, and they would double. */
  async function heartbeats(clock?: Clock): Promise<number> {
    const backend = new RecordingBackend(new MemoryBackend());
    let now = Date.now();
    const factory = new CircuitBreakerFactory({
      backend,
      clock: clock ?? { ...systemClock, now: () => now },
      failureCountThreshold: 1,
      allowAfter: '1s',
    });
    const breaker = factory.breakerFor('c');
    await breaker.settle(() => Promise.reject(new Error('down')));
    now += 1_000;
    const trial = await breaker.start();
    for (let turn = 0; turn < 50; turn += 1) await nextTurn();
    await trial.succeed();
    await factory.close();
    return backend.count('apply');
  }

  test('by a stub of setTimeout comes once', async () => {
    stub(often);
    expect(await heartbeats()).toBeLessThan(100);
  });

  test('by a clock of the user’s comes once', async () => {
    let now = Date.now();
    const clock = {
      now: () => (now += 1_000),
      after: (_ms: number, callback: () => void) => {
        often(callback);
        return () => {};
      },
    };
    expect(await heartbeats(clock)).toBeLessThan(100);
  });
});

test('A clock of the user’s that calls each timer back at once is told as a fault, and the system’s stands in', async () => {
  const clock: Clock = {
    now: () => Date.now(),
    after: (_ms, callback) => {
      callback();
      return () => {};
    },
  };
  const factory = new CircuitBreakerFactory({
    backend: new MemoryBackend(),
    clock,
    slowCallAfter: '1s',
    workTimeout: '1m',
  });
  const faults: string[] = [];
  factory.on('fault', ({ setting, error }) => faults.push(`${setting}: ${String(error)}`));
  expect(await factory.breakerFor('c').execute(later)).toBe('value');
  expect(faults[0]).toBe('clock: TypeError: clock.after() called back at once, not later');
  await factory.close();
});
