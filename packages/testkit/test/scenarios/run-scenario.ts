import { expect } from '@jest/globals';
import {
  CircuitBreakerFactory,
  expected,
  isCircuitryError,
  MemoryBackend,
  type CallRefusedError,
  type CircuitBreaker,
  type Permit,
  type Settled,
} from '@circuitry/core';
import { VirtualClock } from '../../src/index.js';
import type { CallStep, ExpectedEvent, Scenario, Step } from './scenario.js';
import { settingsOf } from './settings-of.js';

/** On the edge of every bucket that a scenario uses. */
const begin = 1_767_225_600_000;

/** The ignored outcome of a scenario: the default matcher has none but the caller's abort. */
const ignored = new Error('ignored');

interface World {
  readonly clock: VirtualClock;
  readonly breakers: Readonly<Record<'A' | 'B', CircuitBreaker>>;
  readonly permits: Map<string, Permit>;
  readonly events: ExpectedEvent[];
}

/** Runs a scenario against core: two workers on one MemoryBackend under one virtual clock. */
export async function runScenario({ settings, steps }: Scenario): Promise<void> {
  const clock = new VirtualClock(begin);
  const memory = new MemoryBackend();
  const events: ExpectedEvent[] = [];
  const own = settingsOf(settings);
  const factories = ['A', 'B'].map(() => {
    const factory = new CircuitBreakerFactory({
      errorMatcher: (error) => (error === ignored ? 'ignored' : undefined) as never,
      ...own,
      backend: memory.connect(),
      clock,
      random: () => 0,
    });
    factory.on(
      'stateChange',
      ({ from, to, reason, information }) => void events.push({ event: 'stateChange', from, to, reason, information }),
    );
    factory.on('lateOutcome', () => void events.push({ event: 'lateOutcome' }));
    return factory;
  });
  const [a, b] = factories.map((factory) => factory.breakerFor('circuit')) as [CircuitBreaker, CircuitBreaker];
  const world: World = { clock, breakers: { A: a, B: b }, permits: new Map(), events };
  for (const [index, step] of steps.entries()) {
    try {
      const times = 'times' in step ? (step.times ?? 1) : 1;
      for (let left = times; left > 0; left -= 1) await runStep(step, world);
    } catch (error) {
      throw new Error(`Step ${index + 1}, ${JSON.stringify(step)}: ${(error as Error).message}`, { cause: error });
    }
  }
  await Promise.all(factories.map((factory) => factory.close()));
}

async function runStep(step: Step, world: World): Promise<void> {
  const breaker = world.breakers[step.worker ?? 'A'];
  switch (step.do) {
    case 'call':
      return runCall(step, breaker, world);
    case 'start': {
      const started = await breaker.start().catch((error: unknown) => error);
      if (step.expect === 'refused') return mustBeRefused(started, step);
      expect(started).not.toBeInstanceOf(Error);
      world.permits.set(step.permit, started as Permit);
      return;
    }
    case 'end': {
      const permit = world.permits.get(step.permit) as Permit;
      const ending =
        step.outcome === 'success'
          ? permit.succeed()
          : step.outcome === 'failure'
            ? permit.fail(new Error('failed'))
            : permit.ignore();
      const outcome: unknown = await ending.then(
        () => 'ended',
        (error: unknown) => error,
      );
      if (step.expect === 'ended') expect(outcome).toBe('ended');
      else expect(outcome).toMatchObject({ code: step.code });
      return;
    }
    case 'advance':
      return world.clock.advance(step.by);
    case 'clock-step':
      return world.clock.step(step.by);
    case 'forceOpen':
    case 'forceClosed': {
      const { do: verb, worker: _, ...options } = step;
      return breaker[verb](options);
    }
    case 'release':
    case 'reset':
      return breaker[step.do]();
    case 'look':
      expect(await breaker.information()).toMatchObject(step.expect);
      return;
    case 'events':
      expect(world.events.splice(0)).toEqual(step.expect.map((event) => expect.objectContaining(partly(event))));
  }
}

function partly(event: ExpectedEvent): Record<string, unknown> {
  const { information, ...rest } = event;
  return { ...rest, ...(information && { information: expect.objectContaining({ ...information }) }) };
}

async function runCall(step: CallStep, breaker: CircuitBreaker, { clock }: World): Promise<void> {
  const failure = new Error('failed');
  const controller = new AbortController();
  const reason = new Error('aborted by the caller');
  if (step.signal === 'aborted') controller.abort(reason);
  let ran = false;
  const finish = (): unknown => {
    switch (step.work) {
      case 'success':
      case 'plain-value':
        return 'done';
      case 'ignored':
        throw ignored;
      case 'expected':
        throw expected(failure);
      case 'expected-as-cause':
        throw new Error('wrapped', { cause: expected(failure) });
      case 'aborted-by-caller':
        controller.abort(reason);
        throw reason;
      default:
        throw failure;
    }
  };
  const work = (): unknown => {
    ran = true;
    if (step.work === 'throws-synchronously' || step.work === 'plain-value') return finish();
    if (step.work === 'hangs') return new Promise(() => {});
    return Promise.resolve(step.took === undefined ? undefined : clock.advance(step.took)).then(finish);
  };
  const settling: Promise<Settled<unknown>> = breaker.settle(work, { signal: controller.signal });
  if (step.work === 'hangs') await clock.advance('1m');
  const settled = await settling;
  expect(ran).toBe(step.expect === 'fulfilled' || step.expect === 'rejected');
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

function mustBeRefused(
  error: unknown,
  { code, retryAfter }: { readonly code?: string; readonly retryAfter?: number | null },
): void {
  expect(isCircuitryError(error)).toBe(true);
  if (code !== undefined) expect((error as CallRefusedError).code).toBe(code);
  if (retryAfter !== undefined) expect((error as CallRefusedError).retryAfter).toBe(retryAfter);
}
