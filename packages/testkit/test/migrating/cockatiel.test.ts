import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { failureRate } from '@circuitry/core';
import * as cockatiel3 from 'cockatiel';
import * as cockatiel4 from 'cockatiel-4';
import { breakerOf, down, opensAfter, oursOpensAfter, workOf } from './peers.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const halfOpenAfter = 30_000;

/** Whether each row of docs/migrating.md that can be run is true of cockatiel itself. */
describe.each([
  ['3', cockatiel3 as unknown as typeof cockatiel4],
  ['4', cockatiel4],
])('cockatiel %s', (version, cockatiel) => {
  const { circuitBreaker, CircuitState, ConsecutiveBreaker, CountBreaker, handleAll, handleWhen, SamplingBreaker } =
    cockatiel;
  const isOpen = (policy: { readonly state: cockatiel4.CircuitState }): boolean => policy.state === CircuitState.Open;
  const theirs = (outcomes: string, breaker: cockatiel4.IBreaker): Promise<number | null> => {
    const policy = circuitBreaker(handleAll, { halfOpenAfter, breaker });
    return opensAfter(
      outcomes,
      (outcome) => policy.execute(workOf(outcome)),
      () => isOpen(policy),
    );
  };

  test('opens at the fifth failure in a row with ConsecutiveBreaker(5), as failureCountThreshold: 5 does', async () => {
    expect(await theirs('FFFFSFFFFF', new ConsecutiveBreaker(5))).toBe(10);
    expect(await oursOpensAfter('FFFFSFFFFF', { failureCountThreshold: 5 })).toBe(10);
  });

  test('opens above SamplingBreaker’s threshold, ours at its own', async () => {
    const breaker = new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 0.4 });
    expect(await theirs('SFSFSFSFF', breaker)).toBe(9);
    const trip = failureRate({ threshold: 0.5, window: '10s', minimumCalls: 4 });
    expect(await oursOpensAfter('SFSFSFSFF', { trip })).toBe(4);
  });

  test('asks CountBreaker when its window is full, unless told otherwise; here the minimum is 20', async () => {
    expect(await theirs('F'.repeat(30), new CountBreaker({ threshold: 0.5, size: 30 }))).toBe(30);
    const window = { calls: 30 };
    expect(await oursOpensAfter('F'.repeat(30), { trip: failureRate({ threshold: 0.5, window }) })).toBe(20);
    const trip = failureRate({ threshold: 0.5, window, minimumCalls: 30 });
    expect(await oursOpensAfter('F'.repeat(30), { trip })).toBe(30);
    const told = new CountBreaker({ threshold: 0.5, size: 30, minimumNumberOfCalls: 4 });
    expect(await theirs('F'.repeat(30), told)).toBe(4);
  });

  test('refuses with a BrokenCircuitError that has no code, ours with ERR_CIRCUIT_OPEN', async () => {
    const policy = circuitBreaker(handleAll, { halfOpenAfter, breaker: new ConsecutiveBreaker(1) });
    await policy.execute(workOf('F')).catch(() => 'down');
    const error: unknown = await policy.execute(workOf('S')).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ isBrokenCircuitError: true });
    expect(error).not.toHaveProperty('code');
    const ours = breakerOf({ failureCountThreshold: 1 });
    await ours.settle(workOf('F'));
    await expect(ours.execute(workOf('S'))).rejects.toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
  });

  test('is closed by an error that it does not handle, when half-open; ours stays half-open after an ignored one', async () => {
    const policy = circuitBreaker(
      handleWhen(() => false).orWhen((error) => error === down),
      { halfOpenAfter, breaker: new ConsecutiveBreaker(1) },
    );
    const other = (): Promise<never> => Promise.reject(new Error('HTTP 404'));
    await policy.execute(workOf('F')).catch(() => 'down');
    jest.advanceTimersByTime(halfOpenAfter);
    await policy.execute(other).catch(() => 'not found');
    expect(policy.state).toBe(CircuitState.Closed);
    const errorMatcher = (error: unknown): 'failure' | 'ignored' => (error === down ? 'failure' : 'ignored');
    const ours = breakerOf({ failureCountThreshold: 1, allowAfter: '30s', errorMatcher });
    await ours.settle(workOf('F'));
    jest.advanceTimersByTime(halfOpenAfter);
    await ours.settle(other);
    expect(await ours.state()).toBe('half-open');
  });

  test('has the others wait for the call that tests; ours refuses them and says when to come back', async () => {
    const policy = circuitBreaker(handleAll, { halfOpenAfter, breaker: new ConsecutiveBreaker(1) });
    await policy.execute(workOf('F')).catch(() => 'down');
    jest.advanceTimersByTime(halfOpenAfter);
    let answer = (_: string): void => {};
    const testing = policy.execute(() => new Promise<string>((resolve) => (answer = resolve)));
    const waiting = policy.execute(workOf('S'));
    answer('sent first');
    expect(await Promise.all([testing, waiting])).toEqual(['sent first', 'sent']);
    const ours = breakerOf({ failureCountThreshold: 1, allowAfter: '30s' });
    await ours.settle(workOf('F'));
    jest.advanceTimersByTime(halfOpenAfter);
    await ours.start();
    const refused: unknown = await ours.execute(workOf('S')).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'ERR_TOO_MANY_TRIALS', retryAfter: expect.any(Number) });
  });

  test('does not hear of a time-out around it: there the work fails nothing, here an abort without a TimeoutError', async () => {
    const breaker = circuitBreaker(handleAll, { halfOpenAfter, breaker: new ConsecutiveBreaker(1) });
    const around = cockatiel.wrap(cockatiel.timeout(1_000, cockatiel.TimeoutStrategy.Aggressive), breaker);
    const late = around.execute(() => new Promise<never>(() => {}));
    late.catch(() => 'told below');
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(late).rejects.toMatchObject({ isTaskCancelledError: true });
    expect(breaker.state).toBe(CircuitState.Closed);
    const aborted = async (reason: unknown): Promise<string> => {
      const ours = breakerOf({ failureCountThreshold: 1 });
      const controller = new AbortController();
      const work = ({ signal }: { readonly signal: AbortSignal }): Promise<never> =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      const settling = ours.settle(work, { signal: controller.signal });
      await jest.advanceTimersByTimeAsync(0);
      controller.abort(reason);
      await settling;
      return ours.state();
    };
    expect(await aborted(undefined)).toBe('closed');
    const timeOut = await aborted(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    expect(timeOut).toBe('open');
  });

  test('counts a time-out inside as a failure, as ours does workTimeout', async () => {
    const breaker = circuitBreaker(handleAll, { halfOpenAfter, breaker: new ConsecutiveBreaker(1) });
    const inside = cockatiel.wrap(breaker, cockatiel.timeout(1_000, cockatiel.TimeoutStrategy.Aggressive));
    const ours = breakerOf({ failureCountThreshold: 1, workTimeout: '1s' });
    const late = inside.execute(() => new Promise<never>(() => {}));
    late.catch(() => 'told below');
    const ourLate = ours.settle(() => new Promise<never>(() => {}));
    await jest.advanceTimersByTimeAsync(1_000);
    await expect(late).rejects.toMatchObject({ isTaskCancelledError: true });
    expect(await ourLate).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORK_TIMEOUT' } });
    expect([isOpen(breaker), await ours.state()]).toEqual([true, 'open']);
  });

  test('is isolated until its handle is disposed of, ours forced open until it is released', async () => {
    const policy = circuitBreaker(handleAll, { halfOpenAfter, breaker: new ConsecutiveBreaker(1) });
    const ours = breakerOf({});
    const handle = policy.isolate();
    await ours.forceOpen();
    jest.advanceTimersByTime(10 * halfOpenAfter);
    await expect(policy.execute(workOf('S'))).rejects.toMatchObject({ isIsolatedCircuitError: true });
    await expect(ours.execute(workOf('S'))).rejects.toMatchObject({ code: 'ERR_FORCED_OPEN', retryAfter: null });
    handle.dispose();
    await ours.release();
    expect([await policy.execute(workOf('S')), await ours.execute(workOf('S'))]).toEqual(['sent', 'sent']);
  });

  test('keeps the error itself as lastFailure, ours its name, code and status', async () => {
    const policy = circuitBreaker(handleAll, { halfOpenAfter, breaker: new ConsecutiveBreaker(1) });
    const ours = breakerOf({ failureCountThreshold: 1 });
    await policy.execute(workOf('F')).catch(() => 'down');
    await ours.settle(workOf('F'));
    expect(policy.lastFailure).toEqual({ error: down });
    expect((await ours.information()).lastFailure).toBe('Error');
  });

  test('counts a result that handleWhenResult names, as ours does one that resultMatcher names', async () => {
    const policy = circuitBreaker(
      cockatiel.handleWhenResult((value) => value === 'full'),
      { halfOpenAfter, breaker: new ConsecutiveBreaker(1) },
    );
    const ours = breakerOf({
      failureCountThreshold: 1,
      resultMatcher: (value) => (value === 'full' ? 'failure' : 'success'),
    });
    expect([await policy.execute(() => 'full'), await ours.execute(() => 'full')]).toEqual(['full', 'full']);
    expect([isOpen(policy), await ours.state()]).toEqual([true, 'open']);
  });

  const sampled = version === '4' ? test : test.skip;
  sampled.each(['FFFFFFFFFF', 'FSSSSSSSSS', 'FFFSSSSSSS', 'FFFFSSSSSS', 'SFSFSFSSSS', 'SFSFSFSFSS', 'SSSSSSSSSS'])(
    'decides a round of ten by halfOpenSampling as { trials: 10, successRate: 0.7 } does: %s (cockatiel has it from 4 on)',
    async (outcomes) => {
      const policy = circuitBreaker(handleAll, {
        halfOpenAfter,
        breaker: new ConsecutiveBreaker(1),
        halfOpenSampling: { calls: 10, threshold: 0.3 },
      });
      await policy.execute(workOf('F')).catch(() => 'down');
      jest.advanceTimersByTime(halfOpenAfter);
      const ours = breakerOf({
        failureCountThreshold: 1,
        allowAfter: '30s',
        closeThreshold: { trials: 10, successRate: 0.7 },
      });
      await ours.settle(workOf('F'));
      jest.advanceTimersByTime(halfOpenAfter);
      for (const [index, outcome] of [...outcomes].entries()) {
        if (index === 0 || policy.state === CircuitState.HalfOpen) {
          await policy.execute(workOf(outcome as 'S')).catch(() => 'down');
        }
        if ((await ours.state()) === 'half-open') await ours.settle(workOf(outcome as 'S'));
      }
      expect(await ours.state()).toBe(isOpen(policy) ? 'open' : 'closed');
    },
  );
});
