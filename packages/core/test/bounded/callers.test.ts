import { getEventListeners } from 'node:events';
import { describe, expect, jest, test } from '@jest/globals';
import { down, fail, Fleet, refusal, rejection } from '../breaker/support/fleet.js';
import { bounded, joinWarm, maxStaleness } from './support/bounded.js';

const open = { ...bounded, failureCountThreshold: 1, allowAfter: '1h' } as const;

describe('Each form of a call is decided by the view', () => {
  const never = new AbortController().signal;

  test.each([
    ['execute', undefined],
    ['execute with a fallback', { fallback: () => 'instead' }],
    ['execute with a signal', { signal: never }],
    ['execute with nothing in its options', {}],
  ])('%s', async (_form, options) => {
    const fleet = new Fleet(bounded);
    const { factory, breaker, backend } = await joinWarm(fleet);
    expect(await breaker.execute(({ decidedBy }) => decidedBy, options)).toBe('view');
    expect(backend.calls).toEqual([]);
    await factory.close();
  });

  test('settle, start and wrap', async () => {
    const fleet = new Fleet(bounded);
    const { factory, breaker, backend } = await joinWarm(fleet);
    expect(await breaker.settle(({ decidedBy }) => decidedBy)).toEqual({ status: 'fulfilled', value: 'view' });
    expect(await breaker.settle(({ decidedBy }) => decidedBy, { signal: never })).toMatchObject({ value: 'view' });
    const permit = await breaker.start();
    expect(permit.decidedBy).toBe('view');
    await permit.succeed();
    expect(await breaker.wrap((word: string) => word)('fine')).toBe('fine');
    expect(backend.calls).toEqual([]);
    await factory.flush();
    expect(backend.verbs).toEqual(['apply']);
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 5 });
  });
});

describe('A call whose signal is aborted', () => {
  test('before it begins runs nothing and counts nothing', async () => {
    const fleet = new Fleet(bounded);
    const { factory, breaker } = await joinWarm(fleet);
    const work = jest.fn();
    const reason = new Error('not needed any more');
    const signal = AbortSignal.abort(reason);
    expect(await rejection(breaker.execute(work, { signal }))).toBe(reason);
    expect(await breaker.settle(work, { signal })).toEqual({ status: 'refused', error: reason });
    expect(await rejection(breaker.start({ signal }))).toBe(reason);
    expect(work).not.toHaveBeenCalled();
    await factory.flush();
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 1 });
  });

  test('while its work runs passes the reason on, and is ignored', async () => {
    const fleet = new Fleet(bounded);
    const { factory, breaker } = await joinWarm(fleet);
    const controller = new AbortController();
    const call = breaker.execute(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      { signal: controller.signal },
    );
    await fleet.turn();
    controller.abort(down);
    expect(await rejection(call)).toBe(down);
    await factory.flush();
    expect(await fleet.counters()).toMatchObject({ 'total.ignored': 1, 'total.successes': 1 });
  });

  test('leaves no listener on a signal that lives long', async () => {
    const { breaker } = await joinWarm(new Fleet(bounded));
    const { signal } = new AbortController();
    for (let call = 0; call < 5; call += 1) await breaker.execute((context) => context.signal.aborted, { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('A refusal by the view', () => {
  test('is answered by the fallback, whose own error is the caller’s', async () => {
    const { breaker } = await joinWarm(new Fleet(open));
    await fail(breaker);
    expect(await breaker.execute(() => 'ran', { fallback: ({ code }) => code })).toBe('ERR_CIRCUIT_OPEN');
    const fallback = (): never => {
      throw down;
    };
    expect(await rejection(breaker.execute(() => 'ran', { fallback }))).toBe(down);
  });

  test('is told once, whatever the form of the call', async () => {
    const { breaker, events } = await joinWarm(new Fleet(open));
    await fail(breaker);
    const told = async (call: () => Promise<unknown>): Promise<number> => {
      const before = events.of('refused').length;
      await call().catch(() => {});
      return events.of('refused').length - before;
    };
    expect(await told(() => breaker.execute(() => 'ran'))).toBe(1);
    expect(await told(() => breaker.execute(() => 'ran', { fallback: () => 'instead' }))).toBe(1);
    expect(await told(() => breaker.settle(() => 'ran'))).toBe(1);
    expect(await told(() => breaker.start())).toBe(1);
  });

  test('makes no error until somebody looks, and then the same one each time', async () => {
    const fleet = new Fleet(open);
    const worker = fleet.join({}, 'c', false);
    await fail(worker.breaker);
    const made = jest.spyOn(Error, 'captureStackTrace');
    const limits: unknown[] = [];
    const limit = Error.stackTraceLimit;
    // Whoever makes such an error takes the stack away for that moment.
    Object.defineProperty(Error, 'stackTraceLimit', {
      configurable: true,
      get: () => limit,
      set: (value) => limits.push(value),
    });
    try {
      const settled = await worker.breaker.settle(() => 'ran');
      if (settled.status !== 'refused') throw new Error('it ran');
      expect(limits).toEqual([]);
      expect(made).not.toHaveBeenCalled();
      expect(settled.error).toBe(settled.error);
      expect(limits).toEqual([0, limit]);
      expect(settled.error).toMatchObject({ code: 'ERR_CIRCUIT_OPEN', circuitName: 'c', state: 'open' });
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', { configurable: true, writable: true, value: limit });
      made.mockRestore();
    }
  });

  test('rejects execute with a whole error: code, message and what the circuit counted', async () => {
    const { breaker } = await joinWarm(new Fleet(open));
    await fail(breaker);
    const error = await refusal(breaker);
    expect(await rejection(breaker.execute(() => 'ran'))).toMatchObject({
      name: 'CircuitOpenError',
      message: error.message,
      retryAfter: 3_600_000,
      information: { state: 'open', openings: 1 },
    });
  });
});

describe('Matchers under bounded staleness', () => {
  test('resultMatcher makes a failure of a value, sent at once, and lets successes wait', async () => {
    const resultMatcher = (value: unknown): 'success' | 'failure' | 'ignored' =>
      value === 503 ? 'failure' : value === 404 ? 'ignored' : 'success';
    const fleet = new Fleet({ ...bounded, resultMatcher });
    const { factory, breaker, backend } = await joinWarm(fleet);
    expect(await breaker.execute(() => 200)).toBe(200);
    expect(backend.calls).toEqual([]);
    expect(await breaker.execute(() => 503)).toBe(503);
    expect(await breaker.execute(() => 404)).toBe(404);
    expect(backend.verbs).toEqual(['apply', 'apply']);
    expect(await fleet.counters()).toMatchObject({
      'total.successes': 2,
      'total.failures': 1,
      'total.ignored': 1,
      'consecutive.failures': 1,
    });
    await factory.close();
  });

  test('resultMatcher is asked once for each value, whatever it answers', async () => {
    const resultMatcher = jest.fn((value: unknown) => (value === 503 ? ('failure' as const) : ('success' as const)));
    const { factory, breaker } = await joinWarm(new Fleet({ ...bounded, resultMatcher }));
    for (const value of [503, 200, 503]) await breaker.execute(() => value);
    expect(resultMatcher.mock.calls).toEqual([['warm'], [503], [200], [503]]);
    await factory.close();
  });

  test('an error that proves the dependency healthy waits as a success does', async () => {
    const fleet = new Fleet({ ...bounded, errorMatcher: () => 'success' });
    const { factory, breaker, backend } = await joinWarm(fleet);
    const work = (): never => {
      throw down;
    };
    expect(await rejection(breaker.execute(work))).toBe(down);
    expect(backend.calls).toEqual([]);
    await factory.flush();
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 2 });
  });

  test('a resultMatcher that throws is a fault, and the value a success', async () => {
    const resultMatcher = (value: unknown): 'success' => {
      if (value === 'bad') throw down;
      return 'success';
    };
    const fleet = new Fleet({ ...bounded, resultMatcher });
    const { factory, breaker, events } = await joinWarm(fleet);
    expect(await breaker.execute(() => 'bad')).toBe('bad');
    expect(events.of('fault')).toHaveLength(1);
    await fleet.clock.advance(maxStaleness);
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 2 });
    await factory.close();
  });
});
