import { describe, expect, test } from '@jest/globals';
import type { FactoryOptions, OutcomeKind } from '@circuitry/core';
import { down, Fleet } from './support/fleet.js';

async function outcomeOf(
  options: Partial<FactoryOptions>,
  work: () => unknown,
  circuit = 'c',
): Promise<OutcomeKind | undefined> {
  const { factory, events } = new Fleet(options).join();
  await factory.breakerFor(circuit, {}).settle(work);
  return events.of('settled')[0]?.outcome;
}

const fails = (): never => {
  throw down;
};

describe('errorMatcher', () => {
  test.each(['success', 'failure', 'ignored'] as const)('decides that an error is a %s', async (kind) => {
    expect(await outcomeOf({ errorMatcher: () => kind }, fails)).toBe(kind);
  });

  test('is given the very error', async () => {
    const seen: unknown[] = [];
    const errorMatcher = (error: unknown): OutcomeKind => {
      seen.push(error);
      return 'failure';
    };
    await outcomeOf({ errorMatcher }, fails);
    expect(seen).toEqual([down]);
  });

  test('wins over the default for expected errors', async () => {
    const marked = Object.assign(new Error('marked'), { isExpected: () => true });
    expect(await outcomeOf({ errorMatcher: () => 'failure' }, () => Promise.reject(marked))).toBe('failure');
  });

  test('is not asked about a value', async () => {
    expect(await outcomeOf({ errorMatcher: () => 'failure' }, () => down)).toBe('success');
  });

  test('is not asked about a workTimeout, which is a failure', async () => {
    const fleet = new Fleet({ workTimeout: '1s', errorMatcher: () => 'ignored' });
    const { breaker, events } = fleet.join();
    const settling = breaker.settle(() => new Promise(() => {}));
    await fleet.clock.advance('1s');
    await settling;
    expect(events.of('settled')[0]?.outcome).toBe('failure');
  });
});

describe('errorMatchers', () => {
  const options: Partial<FactoryOptions> = {
    errorMatcher: () => 'success',
    errorMatchers: { mail: () => 'ignored' },
    nameFor: (circuit) => `acme/${circuit}`,
  };

  test('decide by the circuit’s own name, and win over errorMatcher', async () => {
    expect(await outcomeOf(options, fails, 'mail')).toBe('ignored');
  });

  test('leave other circuits to errorMatcher', async () => {
    expect(await outcomeOf(options, fails, 'sms')).toBe('success');
    expect(await outcomeOf(options, fails, 'toString')).toBe('success');
  });
});

describe('resultMatcher', () => {
  const resultMatcher = (value: unknown): OutcomeKind =>
    (value as { status: number }).status === 503 ? 'failure' : 'success';

  test('makes a failure of a value that did not throw, and hands the value out all the same', async () => {
    const { breaker, events } = new Fleet({ resultMatcher }).join();
    expect(await breaker.execute(() => ({ status: 503 }))).toEqual({ status: 503 });
    expect(await breaker.execute(() => ({ status: 200 }))).toEqual({ status: 200 });
    expect(events.of('settled').map(({ outcome }) => outcome)).toEqual(['failure', 'success']);
  });

  test('may ignore a value', async () => {
    expect(await outcomeOf({ resultMatcher: () => 'ignored' }, () => 1)).toBe('ignored');
  });
});
