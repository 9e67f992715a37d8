import { beforeAll, expect, test } from '@jest/globals';
import { fail, Fleet, refusal, rejection } from '../breaker/support/fleet.js';

// Node's --frozen-intrinsics and SES freeze these: assigning Error.stackTraceLimit throws then.
beforeAll(() => {
  for (const each of [Error, TypeError]) {
    Object.freeze(each.prototype);
    Object.freeze(each);
  }
});

test('A frozen Error breaks no refusal, no fallback and no result', async () => {
  const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
  await fail(breaker);
  expect(Object.isFrozen(Error)).toBe(true);
  expect(await rejection(breaker.execute(() => 1))).toMatchObject({ name: 'CircuitOpenError', circuitName: 'c' });
  expect(await breaker.execute(() => 1, { fallback: () => 'cached' })).toBe('cached');
  expect(await breaker.settle(() => 1)).toMatchObject({ status: 'refused', error: { code: 'ERR_CIRCUIT_OPEN' } });
  expect((await refusal(breaker)).stack).toContain('CircuitOpenError');
});

test('A frozen Error breaks neither a time-out nor a forced circuit', async () => {
  const fleet = new Fleet({ workTimeout: '1s' });
  const { breaker } = fleet.join();
  const late = rejection(breaker.execute(() => new Promise(() => {})));
  await fleet.clock.advance('1s');
  expect(await late).toMatchObject({ name: 'WorkTimeoutError' });
  await breaker.forceOpen();
  expect(await rejection(breaker.execute(() => 1))).toMatchObject({ name: 'ForcedOpenError' });
});
