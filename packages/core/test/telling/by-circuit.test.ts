import { describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, isCircuitryError, MemoryBackend, type FactoryOptions } from '@circuitry/core';
import { fail, Fleet, refusal, succeed } from '../breaker/support/fleet.js';

function problemsOf(options: unknown): { name: string; expected: string }[] {
  try {
    new CircuitBreakerFactory({ backend: new MemoryBackend(), ...(options as Omit<FactoryOptions, 'backend'>) });
  } catch (error) {
    if (isCircuitryError(error, 'ERR_INVALID_SETTINGS')) return [...error.problems];
    throw error;
  }
  return [];
}

describe('circuits', () => {
  test("gives one circuit thresholds and times of its own; the others keep the factory's", async () => {
    const fleet = new Fleet({
      failureCountThreshold: 3,
      circuits: { pay: { failureCountThreshold: 2, allowAfter: '5m' } },
    });
    const { factory } = fleet.join();
    const pay = factory.breakerFor('pay');
    const mail = factory.breakerFor('mail');
    await fail(pay, 2);
    await fail(mail, 2);
    expect(await pay.state()).toBe('open');
    expect((await refusal(pay)).retryAfter).toBe(300_000);
    expect(await mail.state()).toBe('closed');
    await fail(mail);
    expect((await refusal(mail)).retryAfter).toBe(60_000);
  });

  test("is by the circuit's own name, for every tenant of it", async () => {
    const fleet = new Fleet({
      nameFor: (circuit, { tenantId }) => `${circuit}/${String(tenantId)}`,
      circuits: { pay: { failureCountThreshold: 1 }, 'mail/acme': { failureCountThreshold: 1 } },
    });
    const { factory } = fleet.join();
    for (const tenantId of ['acme', 'globex']) {
      await fail(factory.breakerFor('pay', { tenantId }));
      await fail(factory.breakerFor('mail', { tenantId }));
      expect(await factory.breakerFor('pay', { tenantId }).state()).toBe('open');
      expect(await factory.breakerFor('mail', { tenantId }).state()).toBe('closed');
    }
  });

  test('gives matchers, a slow limit, a time-out and a description', async () => {
    const fleet = new Fleet({
      failureCountThreshold: 1,
      circuits: {
        a: { errorMatcher: () => 'ignored' },
        b: { resultMatcher: () => 'failure', describeFailure: () => 'b failed' },
        c: { workTimeout: '1s' },
        d: { slowCallAfter: '1s' },
      },
    });
    const { factory, events } = fleet.join();
    await fail(factory.breakerFor('a'));
    expect((await factory.breakerFor('a').information()).totalIgnored).toBe(1);
    await factory.breakerFor('b').settle(() => 'a value');
    expect(await factory.breakerFor('b').state()).toBe('open');
    const hanging = factory.breakerFor('c').settle(() => new Promise(() => {}));
    await fleet.clock.advance('1s');
    expect(await hanging).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORK_TIMEOUT' } });
    expect((await factory.breakerFor('c').information()).lastFailure).toBe('WorkTimeoutError ERR_WORK_TIMEOUT');
    const slow = factory
      .breakerFor('d')
      .settle(() => new Promise<void>((resolve) => fleet.clock.after(1_001, resolve)));
    await fleet.clock.advance(1_001);
    await slow;
    expect(events.of('settled').at(-1)).toMatchObject({ circuit: 'd', slow: true });
  });

  test("a trip rule of its own takes the place of the factory's count, and the other way round", async () => {
    const fleet = new Fleet({
      trip: ({ totalFailures }) => totalFailures >= 2,
      circuits: { x: { failureCountThreshold: 3 } },
    });
    const { factory } = fleet.join();
    await fail(factory.breakerFor('x'), 2);
    await fail(factory.breakerFor('y'), 2);
    expect(await factory.breakerFor('x').state()).toBe('closed');
    expect(await factory.breakerFor('y').state()).toBe('open');
    const another = new Fleet({
      failureCountThreshold: 3,
      circuits: { x: { trip: ({ totalFailures }) => totalFailures >= 1 } },
    });
    const x = another.join({}, 'x').breaker;
    await fail(x);
    expect(await x.state()).toBe('open');
  });

  test('closes by its own threshold, one job at a time where it says so', async () => {
    const fleet = new Fleet({
      failureCountThreshold: 1,
      circuits: { x: { closeThreshold: 2, exclusive: { wait: 0 } } },
    });
    const { factory } = fleet.join();
    const x = factory.breakerFor('x');
    await fail(x);
    await fleet.clock.advance('60s');
    await succeed(x);
    expect(await x.state()).toBe('half-open');
    await succeed(x);
    const permit = await x.start();
    expect(await x.settle(() => 1)).toMatchObject({ status: 'refused', code: 'ERR_LOCK_TIMEOUT' });
    await permit.succeed();
    const y = factory.breakerFor('y');
    const held = await y.start();
    await succeed(y);
    await held.succeed();
  });

  test('tells every fault by its path, all at once', () => {
    const problems = problemsOf({
      circuits: { pay: { allowAfter: 'soon', failureCountThreshold: 0 }, mail: { closeThreshold: -1 } },
    });
    expect(problems.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'circuits.pay.allowAfter',
        'circuits.pay.failureCountThreshold',
        'circuits.mail.closeThreshold',
      ]),
    );
    expect(problems).toHaveLength(3);
  });

  test('refuses what only the whole factory has, and names the nearest of what there is', () => {
    const problems = problemsOf({
      consistency: 'strict',
      circuits: { pay: { consistency: 'strict', alowAfter: '1m', backend: new MemoryBackend() } },
    });
    expect(problems.map(({ name }) => name).sort()).toEqual([
      'circuits.pay.alowAfter',
      'circuits.pay.backend',
      'circuits.pay.consistency',
    ]);
    expect(problems.find(({ name }) => name === 'circuits.pay.alowAfter')?.expected).toContain('allowAfter');
    expect(problems.find(({ name }) => name === 'circuits.pay.consistency')?.expected).toContain(
      'only the whole factory',
    );
  });

  test.each([null, 5, 'x', []])("refuses %p in the place of a circuit's options", (own) => {
    expect(problemsOf({ circuits: { pay: own } }).map(({ name }) => name)).toEqual(['circuits.pay']);
  });

  test('knows no circuit by a name that every object has', async () => {
    const fleet = new Fleet({ circuits: { pay: { failureCountThreshold: 1 } } });
    const { factory } = fleet.join();
    for (const name of ['constructor', '__proto__', 'toString']) {
      await fail(factory.breakerFor(name), 4);
      expect(await factory.breakerFor(name).state()).toBe('closed');
    }
  });
});
