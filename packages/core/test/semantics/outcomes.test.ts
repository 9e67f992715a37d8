import { describe, expect, test } from '@jest/globals';
import { expected } from '@circuitry/core';
import { down, fail, Fleet, rejection } from '../breaker/support/fleet.js';

describe('Work', () => {
  test('that throws synchronously counts like work that rejects', async () => {
    const { breaker } = new Fleet().join();
    await rejection(
      breaker.execute(() => {
        throw down;
      }),
    );
    await rejection(breaker.execute(() => Promise.reject(down)));
    expect((await breaker.information()).totalFailures).toBe(2);
  });

  test('that returns a plain value, or a thenable, counts like work that resolves', async () => {
    const { breaker } = new Fleet().join();
    expect(await breaker.execute(() => 1)).toBe(1);
    expect(await breaker.execute(async () => 2)).toBe(2);
    const thenable: PromiseLike<number> = { then: (resolve) => Promise.resolve(3).then(resolve) };
    expect(await breaker.execute(() => thenable)).toBe(3);
    expect((await breaker.information()).totalSuccesses).toBe(3);
  });

  test.each([undefined, null, 0, 'a string'])(
    'that throws %p, which is no error, counts as a failure and passes it on',
    async (thrown) => {
      const { breaker } = new Fleet().join();
      expect(await breaker.settle(() => Promise.reject(thrown as unknown as Error))).toEqual({
        status: 'rejected',
        reason: thrown,
      });
      expect((await breaker.information()).totalFailures).toBe(1);
    },
  );

  test('that the caller cancels is ignored', async () => {
    const { breaker } = new Fleet().join();
    const caller = new AbortController();
    const settled = await breaker.settle(
      ({ signal }) => {
        caller.abort(new Error('changed my mind'));
        throw signal.reason as Error;
      },
      { signal: caller.signal },
    );
    expect(settled).toMatchObject({ status: 'rejected', reason: { message: 'changed my mind' } });
    expect(await breaker.information()).toMatchObject({ totalIgnored: 1, total: 0 });
  });

  test('that rejects after its caller has cancelled is ignored, whatever the error: clients bring their own', async () => {
    const { breaker } = new Fleet().join();
    const caller = new AbortController();
    const work = (): never => {
      caller.abort();
      throw down;
    };
    await breaker.settle(work, { signal: caller.signal });
    expect(await breaker.information()).toMatchObject({ totalIgnored: 1, totalFailures: 0 });
  });

  test('whose caller’s own time is up is a failure, as workTimeout is', async () => {
    const { breaker } = new Fleet().join();
    const caller = new AbortController();
    const work = (): never => {
      caller.abort(new DOMException('too slow', 'TimeoutError'));
      throw down;
    };
    await breaker.settle(work, { signal: caller.signal });
    expect(await breaker.information()).toMatchObject({ totalIgnored: 0, totalFailures: 1 });
  });

  test('that takes longer than workTimeout is a failure', async () => {
    const fleet = new Fleet({ workTimeout: '30s' });
    const { breaker } = fleet.join();
    const settling = breaker.settle(() => new Promise(() => {}));
    await fleet.clock.advance('30s');
    expect(await settling).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORK_TIMEOUT' } });
    expect((await breaker.information()).totalFailures).toBe(1);
  });
});

describe('A call whose signal is already aborted', () => {
  test('rejects with the reason, runs nothing, asks no store and takes no trial', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const { breaker, backend } = fleet.join();
    await fail(breaker);
    fleet.clock.step(1_000);
    const before = await fleet.record();
    backend.forget();
    const reason = new Error('too late');
    const signal = AbortSignal.abort(reason);
    let runs = 0;
    expect(await rejection(breaker.execute(() => (runs += 1), { signal }))).toBe(reason);
    expect(await rejection(breaker.start({ signal }))).toBe(reason);
    expect(await breaker.settle(() => (runs += 1), { signal })).toEqual({ status: 'refused', error: reason });
    expect(runs).toBe(0);
    expect(backend.calls).toEqual([]);
    expect(await fleet.record()).toEqual(before);
  });
});

describe('Errors marked expected are successes: they prove that the dependency answers', () => {
  const marked = Object.assign(new Error('not found'), { isExpected: () => true });
  const circle: Error & { cause?: unknown } = new Error('a');
  circle.cause = new Error('b', { cause: circle });

  test.each([
    ['wrapped by expected()', expected(new Error('not found')), 'success'],
    ['that say isExpected() === true', marked, 'success'],
    ['whose cause was wrapped', new Error('outer', { cause: expected('x') }), 'success'],
    ['whose cause’s cause says so', new Error('outer', { cause: new Error('inner', { cause: marked }) }), 'success'],
    ['that say isExpected() === false', Object.assign(new Error('no'), { isExpected: () => false }), 'failure'],
    ['that answer something truthy but true', Object.assign(new Error('no'), { isExpected: () => 1 }), 'failure'],
    ['whose isExpected is no function', Object.assign(new Error('no'), { isExpected: true }), 'failure'],
    ['whose causes go in a circle', circle, 'failure'],
  ])('%s', async (_which, error, outcome) => {
    const { breaker, events } = new Fleet().join();
    expect(await rejection(breaker.execute(() => Promise.reject(error)))).toBe(error);
    expect(events.of('settled').map((each) => each.outcome)).toEqual([outcome]);
  });

  test('keep their original as the cause and its message', () => {
    const original = new Error('not found');
    expect(expected(original)).toMatchObject({
      message: 'not found',
      cause: original,
      code: 'ERR_EXPECTED',
      name: 'ExpectedError',
    });
  });
});
