import { setImmediate } from 'node:timers/promises';
import { expect } from '@jest/globals';
import {
  CircuitBreakerFactory,
  expected,
  isCircuitryError,
  MemoryBackend,
  type CallRefusedError,
  type Settled,
} from '@circuitry/core';
import { FailingValue, HTTPError, ignored } from './outcomes.js';
import type { CallStep, Refusal } from './scenario.js';
import { nameOf, type ScenarioWorker, type World } from './scenario-world.js';

/** One protected call, and what it must come to. */
export async function runCall(step: CallStep, worker: ScenarioWorker, world: World): Promise<void> {
  const failure = step.work === 'http-503' ? new HTTPError('token=secret') : new Error('failed');
  if (step.openFor !== undefined) Object.assign(failure, { openFor: step.openFor });
  const controller = new AbortController();
  const reason =
    step.work === 'timeout-by-caller'
      ? new DOMException('The caller’s time is over', 'TimeoutError')
      : new Error('aborted by the caller');
  if (step.signal === 'aborted') controller.abort(reason);
  let ran = false;
  const finish = (): unknown => {
    switch (step.work) {
      case 'success':
      case 'plain-value':
        return 'done';
      case 'failing-value':
        return new FailingValue(step.openFor);
      case 'ignored':
        throw ignored;
      case 'expected':
        throw expected(failure);
      case 'expected-as-cause':
        throw new Error('wrapped', { cause: expected(failure) });
      case 'aborted-by-caller':
      case 'timeout-by-caller':
        controller.abort(reason);
        throw reason;
      case 'own-error-after-abort':
        controller.abort(reason);
        throw failure;
      default:
        throw failure;
    }
  };
  const work = (): unknown => {
    ran = true;
    if (step.work === 'throws-synchronously' || step.work === 'plain-value') return finish();
    if (step.work === 'hangs') return new Promise(() => {});
    if (step.work === 'nested-refusal') return refusalOfAnother();
    if (step.work === 'thenable') return { then: (resolve: (value: string) => void) => resolve('done') };
    if (step.work === 'rejecting-thenable')
      return { then: (_: unknown, reject: (reason: Error) => void) => reject(failure) };
    if (step.clockSteps !== undefined) world.clock.step(step.clockSteps);
    return Promise.resolve(step.took === undefined ? undefined : world.advance(step.took)).then(finish);
  };
  const settling: Promise<Settled<unknown>> = worker.breaker.settle(work, { signal: controller.signal });
  if (step.expect === 'dies') {
    worker.link.die();
    for (let turns = 0; !worker.link.isDead; turns += 1) {
      if (turns > 100_000) throw new Error('no transition followed from it');
      await setImmediate();
    }
    return;
  }
  if (step.work === 'hangs') await world.advance('1m');
  const settled = await settling;
  expect(ran).toBe(step.expect === 'fulfilled' || step.expect === 'rejected');
  mustHaveSettled(settled, step, failure, reason);
  if (step.settles !== undefined) {
    const { outcome, error } = step.settles;
    const told = worker.settled.at(-1);
    expect(told).toMatchObject({ outcome });
    expect(told !== undefined && 'error' in told ? nameOf(told.error).error : undefined).toBe(error);
  }
}

/** An error that refuses a call, and says what the step names. */
export function mustBeRefused(error: unknown, { code, retryAfter, says }: Refusal): void {
  expect(isCircuitryError(error)).toBe(true);
  const refusal = error as CallRefusedError;
  if (code !== undefined) expect(refusal.code).toBe(code);
  if (retryAfter !== undefined) expect(refusal.retryAfter).toBe(retryAfter);
  if (says !== undefined) expect(refusal.message).toContain(says);
}

function mustHaveSettled(settled: Settled<unknown>, step: CallStep, failure: Error, reason: Error): void {
  switch (step.expect) {
    case 'refused':
      expect(settled.status).toBe('refused');
      return mustBeRefused((settled as { error: unknown }).error, step);
    case 'aborted':
      expect(settled).toEqual({ status: 'refused', error: reason });
      return;
    default:
      expect(settled.status).toBe(step.expect);
      if (step.work === 'failure') expect((settled as { reason: unknown }).reason).toBe(failure);
      if (step.work === 'hangs')
        expect((settled as { reason: unknown }).reason).toMatchObject({ code: 'ERR_WORK_TIMEOUT' });
  }
}

/** A call of another circuit that is open: it is refused. */
async function refusalOfAnother(): Promise<never> {
  const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), failureCountThreshold: 1 });
  const other = factory.breakerFor('other');
  await other.settle(() => Promise.reject(new Error('down')));
  await other.execute(() => 'never runs');
  throw new Error('the other circuit is not open');
}
