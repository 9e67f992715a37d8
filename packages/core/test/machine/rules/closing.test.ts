import { describe, expect, test } from '@jest/globals';
import { missingTrials, verdictOf, type ClosingPolicy, type Verdict } from '../../../src/machine/rules/closing.js';
import { counter } from '../../../src/machine/facts/counter-names.js';
import type { Counters } from '@circuitry/core';

function trials(succeeded: number, failed: number): Counters {
  return { [counter.trialsSucceeded]: succeeded, [counter.trialsFailed]: failed };
}

describe('trials that must succeed N times in a row', () => {
  const closing: ClosingPolicy = { kind: 'consecutive-successes', successes: 3 };

  test.each<[number, number, Verdict]>([
    [0, 0, 'undecided'],
    [2, 0, 'undecided'],
    [3, 0, 'close'],
    [4, 0, 'close'],
    [0, 1, 'reopen'],
    [3, 1, 'reopen'],
  ])('after %i successes and %i failures: %s', (succeeded, failed, verdict) => {
    expect(verdictOf(closing, trials(succeeded, failed))).toBe(verdict);
  });

  test.each([
    [0, 3],
    [2, 1],
    [3, 1],
    [5, 1],
  ])('after %i successes the next round has %i tickets', (succeeded, missing) => {
    expect(missingTrials(closing, trials(succeeded, 0))).toBe(missing);
  });

  test('count missing counters as none', () => {
    expect(verdictOf(closing, {})).toBe('undecided');
    expect(missingTrials(closing, {})).toBe(3);
  });
});

describe('a sample of trials with a success rate', () => {
  const closing: ClosingPolicy = { kind: 'sample', trials: 10, successRate: 0.7 };

  test.each<[number, number, Verdict]>([
    [0, 0, 'undecided'],
    [6, 0, 'undecided'],
    [7, 0, 'close'],
    [7, 3, 'close'],
    [6, 3, 'undecided'],
    [6, 4, 'reopen'],
    [0, 3, 'undecided'],
    [0, 4, 'reopen'],
  ])('after %i successes and %i failures: %s', (succeeded, failed, verdict) => {
    expect(verdictOf(closing, trials(succeeded, failed))).toBe(verdict);
  });

  test('is asked to close first, should both hold', () => {
    expect(verdictOf(closing, trials(7, 4))).toBe('close');
  });

  test.each([
    [0, 0, 10],
    [3, 2, 5],
    [9, 0, 1],
    [7, 9, 1],
  ])('of which %i succeeded and %i failed has %i tickets in its next round', (succeeded, failed, missing) => {
    expect(missingTrials(closing, trials(succeeded, failed))).toBe(missing);
  });

  test('counts missing counters as none', () => {
    expect(verdictOf(closing, {})).toBe('undecided');
    expect(missingTrials(closing, {})).toBe(10);
  });
});
