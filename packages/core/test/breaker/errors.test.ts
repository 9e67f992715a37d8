import { describe, expect, test } from '@jest/globals';
import {
  CircuitryError,
  CallRefusedError,
  isCircuitryError,
  TooManyTrialsError,
  type CircuitryErrorCode,
} from '@circuitry/core';
import { down, fail, Fleet, refusal, rejection, type Worker } from './support/fleet.js';

async function refusals(): Promise<Record<string, CallRefusedError>> {
  const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
  const worker = fleet.join();
  const { breaker } = worker;
  await fail(breaker);
  const open = await refusal(breaker);
  fleet.clock.step(1_000);
  await breaker.start();
  const trials = await refusal(breaker);
  await breaker.forceOpen();
  return { open, trials, forced: await refusal(breaker) };
}

describe('Errors', () => {
  test('of refusals are CallRefusedErrors with a literal code and name each', async () => {
    const { open, trials, forced } = await refusals();
    expect([open, trials, forced].map((error) => [error?.name, error?.code])).toEqual([
      ['CircuitOpenError', 'ERR_CIRCUIT_OPEN'],
      ['TooManyTrialsError', 'ERR_TOO_MANY_TRIALS'],
      ['ForcedOpenError', 'ERR_FORCED_OPEN'],
    ]);
    for (const error of [open, trials, forced]) {
      expect(error).toBeInstanceOf(CallRefusedError);
      expect(error).toBeInstanceOf(CircuitryError);
      expect(error).toBeInstanceOf(Error);
      expect(CircuitryError.isInstance(error)).toBe(true);
    }
  });

  test('of refusals have no stack frames, but name, message and what to do', async () => {
    const { open } = await refusals();
    expect(open?.stack).not.toMatch(/\n\s+at /);
    expect(String(open)).toBe(
      'CircuitOpenError: Circuit "c" is open: the work was not run; try again in 1000 ms. It opened on: Error',
    );
  });

  test('made after a refusal have their stack frames', async () => {
    await refusals();
    expect(new Error('other').stack).toMatch(/\n\s+at /);
  });

  test('are told apart by code and brand, also across copies of the package', () => {
    const foreign = Object.assign(new Error('of another copy'), {
      code: 'ERR_STORAGE',
      [Symbol.for('circuitry.error')]: true,
    });
    expect(isCircuitryError(foreign)).toBe(true);
    expect(isCircuitryError(foreign, 'ERR_STORAGE')).toBe(true);
    expect(isCircuitryError(foreign, 'ERR_CLOSED')).toBe(false);
    for (const none of [down, null, undefined, 'ERR_STORAGE', { code: 'ERR_STORAGE' }])
      expect(isCircuitryError(none)).toBe(false);
  });

  test('of another copy of the package are understood: its StorageError marks the store as down', async () => {
    const { breaker, backend, events } = new Fleet().join();
    const foreign = Object.assign(new Error('of another copy'), {
      code: 'ERR_STORAGE' satisfies CircuitryErrorCode,
      ambiguous: false,
      [Symbol.for('circuitry.error')]: true,
    });
    backend.conduct = () => Promise.reject(foreign);
    expect(await breaker.settle(() => 1)).toMatchObject({ status: 'fulfilled', decidedBy: 'local' });
    expect(events.of('storageFailure')[0]?.error).toBe(foreign);
  });

  test('of refusals put their information together when first read, as it was when they refused', async () => {
    const { breaker }: Worker = new Fleet({ failureCountThreshold: 1 }).join();
    await fail(breaker);
    const error = await refusal(breaker);
    await breaker.reset();
    expect(error.information).toMatchObject({ state: 'open', openings: 1 });
  });

  test('of too many trials say when to look again, at most trialRetryAfter, for a trial is mostly over soon', async () => {
    const { trials } = await refusals();
    expect(trials).toBeInstanceOf(TooManyTrialsError);
    expect(trials).toMatchObject({ retryAfter: 5_000, state: 'half-open' });
    expect(trials?.message).toContain('5000 ms');
  });

  test('of a work timeout, an ended permit and a closed factory have their codes', async () => {
    const fleet = new Fleet({ workTimeout: '1s' });
    const { breaker, factory } = fleet.join();
    const timeout = rejection(breaker.execute(() => new Promise(() => {})));
    await fleet.clock.advance('1s');
    const permit = await breaker.start();
    await permit.ignore();
    const ended = await rejection(permit.ignore());
    await factory.close();
    const closed = await rejection(breaker.start());
    expect([await timeout, ended, closed].map((error) => (error as CircuitryError).code)).toEqual([
      'ERR_WORK_TIMEOUT',
      'ERR_PERMIT_ENDED',
      'ERR_CLOSED',
    ]);
  });
});
