/* eslint-disable @typescript-eslint/unbound-method, @typescript-eslint/only-throw-error -- what a stranger may do */
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  CircuitBreakerFactory,
  MemoryBackend,
  systemClock,
  type Clock,
  type FactoryOptions,
  type StorageBackend,
} from '@circuitry/core';
import { nextTurn } from '@circuitry/core/testing';
import { down, fail, Fleet } from '../breaker/support/fleet.js';
import { nonsense, revoked, textOf, thrower } from './support/nonsense.js';
import { expectNothingUnheard } from './support/unheard.js';

expectNothingUnheard();

/** What must hold whatever the user's code does: the work's own result and error reach the caller, and closing ends. */
async function worksAsEver(
  options: Partial<FactoryOptions>,
  backend: StorageBackend = new MemoryBackend(),
): Promise<void> {
  const factory = new CircuitBreakerFactory({
    ...(options.trip === undefined && { failureCountThreshold: 3 }),
    ...options,
    backend,
  });
  const breaker = factory.breakerFor('c', {});
  expect(await breaker.execute(() => 'value').catch(textOf)).toBe('value');
  expect(await breaker.settle(() => Promise.reject(down))).toMatchObject({ status: 'rejected', reason: down });
  const permit = await breaker.start();
  await permit.end(down);
  await breaker.settle(() => Promise.reject(down));
  const last = await breaker.settle(() => 'value');
  expect(['fulfilled', 'refused']).toContain(last.status);
  await factory.flush();
  await factory.close();
}

const consistencies = [
  ['strict', {}],
  ['bounded', { consistency: { maxStaleness: '1s' } }],
] as const;

describe.each(consistencies)('In a %s factory', (_, own) => {
  describe.each(nonsense)('user code that answers %s', (__, answer) => {
    test.each([
      ['errorMatcher', { errorMatcher: answer }],
      ['resultMatcher', { resultMatcher: answer }],
      ['trip', { trip: answer }],
      ['allowAfter', { allowAfter: answer }],
      ['describeFailure', { describeFailure: answer }],
      ['onStateChange', { onStateChange: answer }],
      ['random', { random: answer }],
      ['a logger', { logger: { debug: answer, info: answer, warn: answer, error: answer } }],
      ['clock.now', { clock: { now: answer, after: systemClock.after } }],
    ])('as %s takes no result from its caller', async (setting, options) => {
      await worksAsEver({ ...own, ...(options as Partial<FactoryOptions>) });
      expect(setting).not.toBe('');
    });

    test('as a listener of every event takes no result from its caller', async () => {
      const { factory, breaker } = new Fleet({ ...own, failureCountThreshold: 1 }).join({}, 'c', false);
      for (const event of ['stateChange', 'refused', 'settled', 'lateOutcome', 'observed', 'fault'] as const)
        factory.on(event, answer);
      await fail(breaker);
      expect(await breaker.settle(() => 1)).toMatchObject({ status: 'refused' });
      await factory.close();
    });
  });

  test.each(nonsense)('a backend whose every verb answers %s leaves the caller its result', async (__, answer) => {
    const backend = {
      contractVersion: 1,
      retrieve: answer,
      apply: answer,
      store: answer,
      lock: answer,
      delete: answer,
    };
    for (const exclusive of [false, true])
      await worksAsEver({ ...own, exclusive, storageTimeout: 20 }, {
        ...backend,
        watch: answer,
        list: answer,
      } as unknown as StorageBackend);
  });
});

test.each(nonsense)('A backend that rejects where %s is answered elsewhere is a storage fault', async (_, answer) => {
  const backend = new MemoryBackend();
  backend.retrieve = async () => {
    throw await answer();
  };
  await worksAsEver({}, backend);
});

test.each([
  ['the record', 'record'],
  ['the time', 'now'],
  ['whether it was applied', 'applied'],
])('An answer that throws when %s is looked at is a storage fault, and the call settles', async (_, member) => {
  const memory = new MemoryBackend();
  const odd = async <T extends object>(answering: Promise<T>): Promise<T> =>
    Object.defineProperty(await answering, member, { get: thrower });
  await worksAsEver(
    {},
    {
      contractVersion: 1,
      retrieve: (name) => odd(memory.retrieve(name)),
      apply: (...call) => odd(memory.apply(...call)),
      store: (...call) => odd(memory.store(...call)),
      lock: (...call) => memory.lock(...call),
      delete: (name) => memory.delete(name),
      list: () => memory.list(),
    },
  );
});

test('A thenable of a backend that settles twice, and throws afterwards, settles its call once', async () => {
  const memory = new MemoryBackend();
  const backend = new MemoryBackend();
  backend.retrieve = ((name: string) => ({
    then(onValue: (value: unknown) => void, onError: (error: unknown) => void) {
      void memory.retrieve(name).then((value) => {
        onValue(value);
        onValue({});
        onError(new Error('after all'));
      });
      throw new Error('and this');
    },
  })) as never;
  await worksAsEver({}, backend);
});

test.each([5, 12, 14, 16, 18, 22, 26])(
  'A record that throws from its look %i on, when it was taken for whole, is a fault of the store and lets calls settle',
  async (most) => {
    const memory = new MemoryBackend();
    const backend = Object.assign(memory, {
      retrieve: async (name: string) => {
        const { record } = await MemoryBackend.prototype.retrieve.call(memory, name);
        return { record: record && wearing(record, { left: most }) };
      },
    });
    const factory = new CircuitBreakerFactory({ backend, onStorageFailure: 'allow' });
    const heard: string[] = [];
    factory.on('observed', ({ name }) => heard.push(name));
    const breaker = factory.breakerFor('c');
    await breaker.settle(() => 1);
    for (let call = 0; call < 3; call += 1)
      expect(['fulfilled', 'refused']).toContain((await breaker.settle(() => 1)).status);
    await factory.close();
  },
);

/** An object that can be looked at so often, its parts included. */
function wearing<T extends object>(whole: T, looks: { left: number }): T {
  return new Proxy(whole, {
    get(target, key) {
      looks.left -= 1;
      if (looks.left < 0) throw new Error('worn out');
      const part: unknown = Reflect.get(target, key);
      return typeof part === 'object' && part !== null ? wearing(part, looks) : part;
    },
  });
}

describe('A clock', () => {
  const clocks: readonly (readonly [string, Clock])[] = [
    ['throws whatever it is asked', { now: thrower, after: thrower }],
    ['answers NaN', { now: () => NaN, after: systemClock.after }],
    ['answers infinity', { now: () => Infinity, after: systemClock.after }],
    ['answers nothing for a timer', { now: Date.now, after: (() => undefined) as never }],
    ['answers a cancel that throws', { now: Date.now, after: () => thrower }],
    [
      'calls back at once',
      {
        now: Date.now,
        after: (_ms, callback) => {
          callback();
          return () => {};
        },
      },
    ],
  ];
  test.each(clocks)('that %s lets every call settle', async (what, clock) => {
    const atOnce = what === 'calls back at once';
    for (const options of [
      {},
      { consistency: { maxStaleness: '1s' } },
      { exclusive: true },
      { slowCallAfter: '1s' },
    ] as const)
      await worksAsEver({ clock, ...(atOnce ? { onStorageFailure: 'allow' } : {}), ...options });
  });
});

describe.each([
  ['answers nothing', () => undefined],
  ['answers a number', () => 7],
  ['throws', thrower],
])('A setTimeout that is replaced by a stub that %s', (_, stub) => {
  const real = globalThis.setTimeout;
  const realClear = globalThis.clearTimeout;
  afterEach(() => {
    globalThis.setTimeout = real;
    globalThis.clearTimeout = realClear;
  });

  test.each([
    {},
    { consistency: { maxStaleness: '1s' } },
    { exclusive: true },
    { slowCallAfter: '1s', workTimeout: '1s' },
  ])('lets every call settle, with %j', async (options) => {
    globalThis.setTimeout = stub as never;
    globalThis.clearTimeout = stub;
    await worksAsEver(options as Partial<FactoryOptions>);
  });
});

describe('A signal of a library’s own', () => {
  const signals: readonly (readonly [string, object])[] = [
    ['can not be listened to', { aborted: false, addEventListener: thrower, removeEventListener: thrower }],
    ['can not be left', { aborted: false, addEventListener: () => {}, removeEventListener: thrower }],
    ['has no removeEventListener', { aborted: false, addEventListener: () => {} }],
  ];
  test.each(signals)('that %s takes no result from its caller', async (_, signal) => {
    for (const options of [
      {},
      { consistency: { maxStaleness: '1s' } },
      { exclusive: true },
      { workTimeout: '1m' },
    ] as const) {
      const { breaker, factory } = new Fleet(options).join();
      const given = { signal: signal as AbortSignal };
      expect(await breaker.execute(() => 'value', given)).toBe('value');
      expect(await breaker.execute((call) => call.signal.aborted, given)).toBe(false);
      expect(await breaker.settle(() => Promise.reject(down), given)).toMatchObject({ reason: down });
      await factory.close();
    }
  });

  test('that is aborted and can not say why refuses by rejecting, not by throwing', async () => {
    const signal = Object.defineProperty({ aborted: true, addEventListener: () => {} }, 'reason', { get: thrower });
    const { breaker } = new Fleet().join();
    const given = { signal: signal as unknown as AbortSignal };
    expect(await breaker.settle(() => 1, given)).toMatchObject({ status: 'refused' });
    await expect(breaker.execute(() => 1, given)).rejects.toThrow('boom');
  });

  test.each([
    ['a revoked proxy', revoked],
    ['null', () => null as never],
    ['a string', () => 'abort' as never],
  ])('that is %s is refused, and nothing runs', async (_, make) => {
    const { breaker } = new Fleet().join();
    let ran = 0;
    const result = await breaker.settle(() => (ran += 1), { signal: make() });
    expect(result).toMatchObject({ status: 'refused', error: { name: 'TypeError' } });
    expect(ran).toBe(0);
  });
});

describe('A revoked proxy', () => {
  test('as what the work throws reaches the caller as it is, and is a failure', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 2 }).join();
    for (let call = 0; call < 2; call += 1) {
      const reason = revoked();
      const result = await breaker.settle(() => {
        throw reason;
      });
      expect(result.status === 'rejected' && result.reason === reason).toBe(true);
    }
    expect(await breaker.state()).toBe('open');
  });

  test('as what permit.end and permit.fail are given is a failure like another', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 2 }).join();
    await (await breaker.start()).end(revoked());
    await (await breaker.start()).fail(revoked());
    expect(await breaker.state()).toBe('open');
  });

  test('as the options of a call refuses it', async () => {
    const { breaker } = new Fleet().join();
    expect(await breaker.settle(() => 1, revoked())).toMatchObject({ status: 'refused' });
    await expect(breaker.execute(() => 1, revoked())).rejects.toThrow(TypeError);
    await expect(breaker.start(revoked())).rejects.toThrow(TypeError);
  });

  test('that the options of a call become when they are looked at again takes nothing from the call', async () => {
    const { breaker } = new Fleet().join();
    const options = (): object => {
      let looks = 0;
      return Object.defineProperty({}, 'signal', { get: () => ((looks += 1) === 1 ? undefined : thrower()) });
    };
    expect(await breaker.settle(() => 1, options())).toMatchObject({ status: 'fulfilled' });
    expect(await breaker.execute(() => 1, options())).toBe(1);
    await (await breaker.start(options())).succeed();
  });

  test('as the reason of an abort is what the caller is told', async () => {
    const reason = revoked();
    const { breaker } = new Fleet().join();
    const result = await breaker.settle(() => 1, { signal: AbortSignal.abort(reason) });
    expect(result.status === 'refused' && result.error === reason).toBe(true);
  });
});

test.each(['throws', 'rejects', 'rejects later'])(
  'A fault listener and a logger that both fail (one %s) raise no further fault',
  async (how) => {
    let told = 0;
    const boom = (): unknown => {
      told += 1;
      if (how === 'throws') throw new Error('EPIPE');
      return how === 'rejects' ? Promise.reject(new Error('EPIPE')) : nextTurn().then(thrower);
    };
    const logger = { debug: boom, info: boom, warn: boom, error: boom };
    const { factory, breaker } = new Fleet({ logger, failureCountThreshold: 1, resultMatcher: thrower }).join(
      {},
      'c',
      false,
    );
    factory.on('fault', boom);
    factory.on('settled', boom);
    expect(await breaker.execute(() => 'value')).toBe('value');
    await fail(breaker);
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    const before = told;
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(told).toBe(before);
    expect(told).toBeLessThan(40);
    await factory.close();
  },
);

describe.each(consistencies)('200,000 concurrent calls of one circuit, in a %s factory', (_, options) => {
  const many = 200_000;

  test.each([
    ['fail', () => Promise.reject(down)],
    ['succeed', () => Promise.resolve('fine')],
  ])('all settle when they %s, and another tenant’s call does', async (__, work) => {
    const { factory, breaker } = new Fleet(options).join({}, 'c', false);
    await breaker.execute(() => 1);
    let begin = (): void => {};
    const gate = new Promise<void>((resolve) => (begin = resolve));
    const counts: Record<string, number> = { fulfilled: 0, rejected: 0, refused: 0 };
    const calls: Promise<unknown>[] = [];
    for (let call = 0; call < many; call += 1)
      calls.push(
        breaker.settle(() => gate.then(work)).then(({ status }) => (counts[status] = (counts[status] ?? 0) + 1)),
      );
    await nextTurn();
    begin();
    expect(await factory.breakerFor('other', {}).execute(() => 'mine')).toBe('mine');
    await Promise.all(calls);
    expect(counts.refused).toBe(0);
    expect((counts.fulfilled ?? 0) + (counts.rejected ?? 0)).toBe(many);
    await factory.close();
  });
});
