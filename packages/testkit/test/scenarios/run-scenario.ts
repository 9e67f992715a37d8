import { expect } from '@jest/globals';
import {
  CircuitBreakerFactory,
  expected,
  isCircuitryError,
  MemoryBackend,
  type CallRefusedError,
  type Duration,
  type CircuitBreaker,
  type ErrorMatcher,
  type Information,
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

/** A failure may bring along how long the dependency says to wait. */
const matched: ErrorMatcher = (error) => {
  if (error === ignored) return 'ignored';
  const { openFor } = error as { readonly openFor?: Duration };
  return (openFor === undefined ? undefined : { kind: 'failure', openFor }) as ReturnType<ErrorMatcher>;
};

class HTTPError extends Error {
  override readonly name = 'HTTPError';
  readonly status = 503;
}

interface World {
  readonly clock: VirtualClock;
  readonly breakers: Readonly<Record<'A' | 'B', CircuitBreaker>>;
  readonly permits: Map<string, Permit>;
  readonly factories: Readonly<Record<'A' | 'B', CircuitBreakerFactory>>;
  readonly events: ExpectedEvent[];
  /** What the last look found. */
  lastLook: Information | null;
}

/** Runs a scenario against core: two workers on one MemoryBackend under one virtual clock. */
export async function runScenario({ settings, steps }: Scenario): Promise<void> {
  const clock = new VirtualClock(begin);
  const memory = new MemoryBackend();
  const events: ExpectedEvent[] = [];
  const own = settingsOf(settings);
  const factories = ['A', 'B'].map(() => {
    const factory = new CircuitBreakerFactory({
      errorMatcher: matched,
      ...own,
      backend: memory.connect(),
      clock,
      random: () => 0,
    });
    factory.on(
      'stateChange',
      ({ from, to, reason, information }) => void events.push({ event: 'stateChange', from, to, reason, information }),
    );
    factory.on('refused', ({ enforced, error }) => {
      if (!enforced) events.push({ event: 'refused', enforced, code: error.code });
    });
    factory.on('lateOutcome', () => void events.push({ event: 'lateOutcome' }));
    return factory;
  });
  const [first, second] = factories as [CircuitBreakerFactory, CircuitBreakerFactory];
  const world: World = {
    clock,
    factories: { A: first, B: second },
    breakers: { A: first.breakerFor('circuit'), B: second.breakerFor('circuit') },
    permits: new Map(),
    events,
    lastLook: null,
  };
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
            ? permit.fail(new Error('failed'), step.openFor === undefined ? undefined : { openFor: step.openFor })
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
    case 'forceClosed':
    case 'trip': {
      const { do: verb, worker: _, ...options } = step;
      return breaker[verb](options);
    }
    case 'release':
    case 'reset':
      return breaker[step.do]();
    case 'setMode':
      world.factories[step.worker ?? 'A'].setMode(step.mode);
      return;
    case 'look': {
      const information = await breaker.information();
      expect(information).toMatchObject(step.expect);
      if (step.asBefore === true) expect(information).toEqual(world.lastLook);
      world.lastLook = information;
      return;
    }
    case 'events':
      expect(world.events.splice(0)).toEqual(step.expect.map((event) => expect.objectContaining(partly(event))));
  }
}

function partly(event: ExpectedEvent): Record<string, unknown> {
  const { information, ...rest } = event;
  return { ...rest, ...(information && { information: expect.objectContaining({ ...information }) }) };
}

async function runCall(step: CallStep, breaker: CircuitBreaker, { clock }: World): Promise<void> {
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
    if (step.clockSteps !== undefined) clock.step(step.clockSteps);
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

/** A call of another circuit that is open: it is refused. */
async function refusalOfAnother(): Promise<never> {
  const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), failureCountThreshold: 1 });
  const other = factory.breakerFor('other');
  await other.settle(() => Promise.reject(new Error('down')));
  await other.execute(() => 'never runs');
  throw new Error('the other circuit is not open');
}
