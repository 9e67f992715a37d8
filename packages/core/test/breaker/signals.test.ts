import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { WorkTimeoutError } from '@circuitry/core';
import { Holding } from './support/failing-backend.js';
import { fail, Fleet, rejection, succeed } from './support/fleet.js';

describe('The caller’s signal', () => {
  test('aborted during admission rejects at once with its reason and runs nothing', async () => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    const holding = new Holding('retrieve');
    backend.conduct = holding.conduct;
    const caller = new AbortController();
    let runs = 0;
    const executing = breaker.execute(() => (runs += 1), { signal: caller.signal });
    await fleet.turn();
    const reason = new Error('left');
    caller.abort(reason);
    expect(await rejection(executing)).toBe(reason);
    holding.letAllGo();
    await fleet.turn();
    expect(runs).toBe(0);
    expect(await fleet.record()).toBeNull();
  });

  test('aborted while a trial is taken gives the ticket back', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', closeThreshold: 2 });
    const { breaker, backend } = fleet.join();
    await fail(breaker);
    fleet.clock.step(1_000);
    const holding = new Holding('store');
    backend.conduct = holding.conduct;
    const caller = new AbortController();
    const starting = breaker.start({ signal: caller.signal });
    await fleet.turn();
    caller.abort();
    await rejection(starting);
    holding.letAllGo();
    await fleet.turn();
    expect((await breaker.information()).trials).toEqual({ started: 0, limit: 2 });
    expect(fleet.clock.pending).toBeLessThanOrEqual(1);
  });

  test('aborted during admission hurts nobody who shares the retrieve', async () => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    const holding = new Holding('retrieve');
    backend.conduct = holding.conduct;
    const caller = new AbortController();
    const first = breaker.settle(() => 1);
    const leaving = breaker.settle(() => 2, { signal: caller.signal });
    const staying = breaker.settle(() => 3);
    await fleet.turn();
    caller.abort();
    backend.conduct = (_call, make) => make();
    holding.letAllGo();
    expect((await leaving).status).toBe('refused');
    expect(await first).toEqual({ status: 'fulfilled', value: 1 });
    expect(await staying).toEqual({ status: 'fulfilled', value: 3 });
  });

  test('aborted during the work reaches the work’s signal, with its reason', async () => {
    const { breaker } = new Fleet().join();
    const caller = new AbortController();
    const settled = await breaker.settle(
      async ({ signal }) => {
        caller.abort('enough');
        return [signal.aborted, signal.reason];
      },
      { signal: caller.signal },
    );
    expect(settled).toEqual({ status: 'fulfilled', value: [true, 'enough'] });
  });

  test('has no listener left once the call is over', async () => {
    const { breaker } = new Fleet().join();
    const caller = new AbortController();
    const add = jest.spyOn(caller.signal, 'addEventListener');
    const remove = jest.spyOn(caller.signal, 'removeEventListener');
    for (let call = 0; call < 10; call += 1)
      await breaker.execute(({ signal }) => signal.aborted, { signal: caller.signal });
    expect(add.mock.calls.length).toBeGreaterThan(0);
    const left = new Set(add.mock.calls.map(([, listener]) => listener));
    for (const [, listener] of remove.mock.calls) left.delete(listener);
    expect(left.size).toBe(0);
  });
});

describe('workTimeout', () => {
  test.each([
    [29_999, null],
    [30_000, 'ERR_WORK_TIMEOUT'],
  ])('after %i ms of 30 s the call rejects with %p', async (ms, code) => {
    const fleet = new Fleet({ workTimeout: '30s' });
    const { breaker } = fleet.join();
    let error: { code: string } | null = null;
    breaker.execute(() => new Promise(() => {})).catch((thrown: { code: string }) => (error = thrown));
    await fleet.clock.advance(ms);
    expect((error as { code: string } | null)?.code ?? null).toBe(code);
  });

  test('aborts the work’s signal with the WorkTimeoutError that the caller gets', async () => {
    const fleet = new Fleet({ workTimeout: '30s' });
    const { breaker } = fleet.join();
    let signal: AbortSignal | undefined;
    const executing = breaker.execute((context) => {
      signal = context.signal;
      return new Promise(() => {});
    });
    const failing = rejection(executing);
    await fleet.clock.advance('30s');
    const error = await failing;
    expect(error).toBeInstanceOf(WorkTimeoutError);
    expect(error).toMatchObject({ circuitName: 'c', timeout: 30_000 });
    expect(signal?.reason).toBe(error);
  });

  test('ignores what the work does later', async () => {
    const fleet = new Fleet({ workTimeout: '30s' });
    const { breaker, events } = fleet.join();
    let reject: (error: Error) => void = () => {};
    const failing = rejection(breaker.execute(() => new Promise((_, later) => (reject = later))));
    await fleet.clock.advance('30s');
    await failing;
    reject(new Error('much later'));
    await fleet.turn();
    expect(await breaker.information()).toMatchObject({ totalFailures: 1, total: 1 });
    expect(events.of('settled')).toHaveLength(1);
  });

  test('leaves no timer behind when the work is done before', async () => {
    const fleet = new Fleet({ workTimeout: '30s' });
    const { breaker } = fleet.join();
    await succeed(breaker, 3);
    await fail(breaker, 3);
    await fleet.clock.advance('2s');
    expect(fleet.clock.pending).toBe(0);
  });
});

describe('The work’s signal is made only when it is read', () => {
  const real = globalThis.AbortController;
  let made = 0;
  class Counted extends real {
    constructor() {
      super();
      made += 1;
    }
  }

  afterEach(() => {
    globalThis.AbortController = real;
  });

  test('work that never looks costs no AbortController, work that does costs one', async () => {
    const { breaker } = new Fleet({ workTimeout: '30s' }).join();
    // Whatever calls to the store share is there after the first.
    await succeed(breaker);
    globalThis.AbortController = Counted;
    made = 0;
    await succeed(breaker, 5);
    expect(made).toBe(0);
    await breaker.execute((context) => [context.signal, context.signal]);
    expect(made).toBe(1);
  });

  test('a signal that is read after the abort is aborted from the beginning', async () => {
    const fleet = new Fleet({ workTimeout: '30s' });
    const { breaker } = fleet.join();
    let late: AbortSignal | undefined;
    const failing = rejection(
      breaker.execute(async (context) => {
        await new Promise<void>((resolve) => fleet.clock.after(40_000, resolve));
        late = context.signal;
      }),
    );
    await fleet.clock.advance('40s');
    expect(late?.aborted).toBe(true);
    expect(late?.reason).toBe(await failing);
  });
});
