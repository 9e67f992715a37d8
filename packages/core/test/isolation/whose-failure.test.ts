/* eslint-disable @typescript-eslint/await-thenable -- a turn of the microtasks */
import { describe, expect, test } from '@jest/globals';
import {
  CircuitBreakerFactory,
  CorruptRecordError,
  expected,
  MemoryBackend,
  StorageError,
  systemClock,
  type CircuitryError,
} from '@circuitry/core';
import { down, fail, Fleet, succeed, t0 } from '../breaker/support/fleet.js';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** What clients reject with when they are cancelled. */
const shapes: readonly (readonly [string, unknown])[] = [
  ['the reason itself', undefined],
  ['an axios CanceledError', Object.assign(new Error('canceled'), { name: 'CanceledError', code: 'ERR_CANCELED' })],
  ['an APIUserAbortError', Object.assign(new Error('Request was aborted.'), { name: 'Error' })],
  ['a string', 'cancelled'],
  ['null', null],
  ['an ECONNRESET', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })],
  ['a frozen object', Object.freeze({ aborted: true })],
];

describe.each(shapes)('A call that its caller aborted, and that rejects with %s', (_, shape) => {
  test.each([{}, { workTimeout: '1m' }, { consistency: { maxStaleness: '1s' } }] as const)(
    'is ignored, with %j',
    async (options) => {
      const { breaker } = new Fleet({ ...options, failureCountThreshold: 1 }).join();
      const controller = new AbortController();
      const result = await breaker.settle(
        () => {
          controller.abort();
          throw shape === undefined ? controller.signal.reason : shape;
        },
        { signal: controller.signal },
      );
      expect(result.status).toBe('rejected');
      expect(await breaker.information()).toMatchObject({ state: 'closed', totalFailures: 0, totalIgnored: 1 });
    },
  );

  test('is a failure where the caller’s reason is another circuit’s workTimeout', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const [outer, inner] = [fleet.join({ workTimeout: '5s' }, 'outer'), fleet.join({}, 'inner')];
    const hang = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject((shape === undefined ? signal.reason : shape) as Error)),
      );
    const settling = outer.breaker.settle(({ signal }) =>
      inner.breaker.execute((call) => hang(call.signal), { signal }),
    );
    await fleet.clock.advance('5s');
    await settling;
    expect(await inner.breaker.state()).toBe('open');
  });

  test('is a failure where the caller’s reason is a TimeoutError', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
    const controller = new AbortController();
    await breaker.settle(
      () => {
        controller.abort(new DOMException('too long', 'TimeoutError'));
        throw shape === undefined ? controller.signal.reason : shape;
      },
      { signal: controller.signal },
    );
    expect(await breaker.state()).toBe('open');
  });
});

test('The same errors without an abort are failures', async () => {
  const { breaker } = new Fleet({ failureCountThreshold: 1_000 }).join();
  for (const [, shape] of shapes) await breaker.settle(() => Promise.reject(shape as Error));
  expect((await breaker.information()).totalFailures).toBe(shapes.length);
});

test('An error marked as expected is a success, also of a call that was aborted meanwhile', async () => {
  const { breaker } = new Fleet().join();
  const controller = new AbortController();
  await breaker.settle(
    () => {
      controller.abort();
      throw expected(down);
    },
    { signal: controller.signal },
  );
  expect((await breaker.information()).totalSuccesses).toBe(1);
});

describe('A refusal of this library that comes out of the work', () => {
  test.each([
    ['as it is', (error: unknown) => error],
    ['as a cause', (error: unknown) => new Error('checkout failed', { cause: error })],
    ['deep in the causes', (error: unknown) => new Error('a', { cause: new Error('b', { cause: error }) })],
  ])('opens nothing, %s', async (_, wrap) => {
    const { factory, breaker } = new Fleet({ failureCountThreshold: 1 }).join();
    const inner = factory.breakerFor('payment', {});
    await fail(inner);
    for (let call = 0; call < 3; call += 1)
      await breaker.settle(() =>
        inner
          .execute(() => 1)
          .catch((error: unknown) => {
            throw wrap(error);
          }),
      );
    expect(await breaker.information()).toMatchObject({ state: 'closed', totalFailures: 0, totalIgnored: 3 });
  });

  test('opens nothing where it is of a closed factory, of a lock or of an operator', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker } = fleet.join();
    const other = fleet.join({ exclusive: { lease: '10s', wait: 0 } }, 'other');
    const permit = await other.breaker.start();
    await breaker.settle(() => other.breaker.execute(() => 1));
    await permit.succeed();
    await other.breaker.forceOpen();
    await breaker.settle(() => other.breaker.execute(() => 1));
    await other.factory.close();
    await breaker.settle(() => other.breaker.execute(() => 1));
    expect(await breaker.information()).toMatchObject({ totalFailures: 0, totalIgnored: 3 });
  });

  test('opens nothing where several refused, as Promise.any says it', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { factory, breaker } = fleet.join();
    const providers = ['mail-a', 'mail-b'].map((name) => factory.breakerFor(name));
    for (const provider of providers) await fail(provider);
    await breaker.settle(() => Promise.any(providers.map((each) => each.execute(() => 1))));
    expect(await breaker.information()).toMatchObject({ totalFailures: 0, totalIgnored: 1 });
    // One that really failed is a failure, whatever the others say.
    await breaker.settle(() => Promise.any([...providers.map((each) => each.execute(() => 1)), Promise.reject(down)]));
    expect(await breaker.state()).toBe('open');
  });

  test.each<[string, CircuitryError]>([
    ['a store that is down', new StorageError('no connection')],
    ['a corrupt record', new CorruptRecordError('inner', 'state', 'is none')],
  ])("opens nothing where it is another circuit's, under 'throw', of %s", async (_, error) => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker } = fleet.join();
    const inner = fleet.join({ onStorageFailure: 'throw' }, 'inner');
    inner.backend.conduct = () => Promise.reject(error);
    await breaker.settle(() => inner.breaker.execute(() => 1));
    expect(await breaker.information()).toMatchObject({ state: 'closed', totalFailures: 0, totalIgnored: 1 });
  });

  test("opens nothing where it is another circuit's whose name is none", async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
    const options = {
      backend: new MemoryBackend(),
      onStorageFailure: 'throw',
      nameFor: () => '',
      logger: quiet,
    } as const;
    const nameless = new CircuitBreakerFactory(options).breakerFor('x');
    await breaker.settle(() => nameless.execute(() => 1));
    expect(await breaker.information()).toMatchObject({ state: 'closed', totalFailures: 0, totalIgnored: 1 });
  });

  test('of a call within a trial of its own circuit leaves the round as it was', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const { breaker } = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('1s');
    await breaker.settle(() => breaker.execute(() => 1));
    expect(await breaker.state()).toBe('half-open');
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
  });
});

describe('The process’s own time', () => {
  test('standing still is no slow call of work that had answered', async () => {
    const { now } = Date;
    const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), slowCallAfter: '1s' });
    const breaker = factory.breakerFor('c', {});
    try {
      await breaker.execute(() => {
        // The event loop was blocked for a minute: no timer came.
        Date.now = () => now() + 60_000;
      });
      expect(await breaker.information()).toMatchObject({ total: 1, totalSlow: 0 });
    } finally {
      Date.now = now;
    }
  });

  test('stepping, ahead or back, is no time-out of work that had answered', async () => {
    for (const step of [3_600_000, -3_600_000]) {
      const fleet = new Fleet({ workTimeout: '30s', slowCallAfter: '10s' }, null);
      const { breaker } = fleet.join();
      const call = breaker.settle(() => new Promise((resolve) => void fleet.clock.after(1_000, () => resolve('well'))));
      await fleet.turn();
      fleet.clock.step(step);
      await fleet.clock.advance(step > 0 ? 0 : 3_700_000);
      expect((await call).status).toBe('fulfilled');
      expect(fleet.clock.now()).toBeGreaterThanOrEqual(t0);
    }
  });

  test('a really slow call is slow, also after fake timers took the watch’s timer with them', async () => {
    let now = 1_000_000;
    const { now: realNow } = Date;
    const real = globalThis.setTimeout;
    const factory = new CircuitBreakerFactory({
      backend: new MemoryBackend(),
      slowCallAfter: '1s',
      clock: systemClock,
    });
    const breaker = factory.breakerFor('c', {});
    try {
      Date.now = () => now;
      const timers: (() => void)[] = [];
      globalThis.setTimeout = (() => ({})) as never;
      await breaker.execute(() => 1);
      globalThis.setTimeout = ((callback: () => void) => ({ id: timers.push(callback) })) as never;
      now += 60_000;
      await breaker.execute(async () => {
        for (let look = 0; look < 80; look += 1) {
          now += 25;
          for (const each of timers.splice(0)) each();
          for (let turn = 0; turn < 10; turn += 1) await undefined;
        }
      });
      expect((await breaker.information()).totalSlow).toBe(1);
    } finally {
      Date.now = realNow;
      globalThis.setTimeout = real;
    }
  });
});
