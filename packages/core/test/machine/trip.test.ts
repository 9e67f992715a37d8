import { describe, expect, test } from '@jest/globals';
import type { Information } from '@circuitry/core';
import { counter } from '../../src/machine/counter-names.js';
import { RecordTally } from '../../src/machine/tally.js';
import { flatten, trips, type TripRule } from '../../src/machine/trip.js';
import { callsWindow, timeWindow } from '../../src/machine/window-spec.js';
import { closedRecord, rulesOf, t0 } from '../support/machine.js';

const window = timeWindow(10_000, 10);
const bucket = t0 / 1_000;

function cells(calls: number, failures: number, slow = 0): Record<string, number> {
  return { [`w1000x10:${bucket}.c`]: calls, [`w1000x10:${bucket}.f`]: failures, [`w1000x10:${bucket}.s`]: slow };
}

function isTripped(trip: TripRule, counters: Record<string, number>, now = t0): boolean {
  return trips(trip, new RecordTally(closedRecord(counters), now, rulesOf({ trip })));
}

describe('failures in a row', () => {
  test.each([
    [4, false],
    [5, true],
    [6, true],
  ])('%i of them trip a threshold of 5: %s', (failures, tripped) => {
    expect(isTripped({ kind: 'consecutive-failures', threshold: 5 }, { [counter.consecutiveFailures]: failures })).toBe(
      tripped,
    );
  });

  test('are none where nothing is counted', () => {
    expect(isTripped({ kind: 'consecutive-failures', threshold: 1 }, {})).toBe(false);
  });
});

describe('a count of failures in a window', () => {
  test.each([
    [2, false],
    [3, true],
    [4, true],
  ])('of %i trips a threshold of 3, whatever succeeded between: %s', (failures, tripped) => {
    expect(isTripped({ kind: 'failure-count', threshold: 3, window }, cells(100, failures))).toBe(tripped);
  });

  test('trips no more once its newest outcome has left the window', () => {
    const rule: TripRule = { kind: 'failure-count', threshold: 3, window };
    expect(isTripped(rule, cells(3, 3), t0 + 9_999)).toBe(true);
    expect(isTripped(rule, cells(3, 3), t0 + 10_000)).toBe(false);
  });
});

describe('a failure rate', () => {
  const rule: TripRule = { kind: 'failure-rate', threshold: 0.5, minimumCalls: 4, window };

  test.each([
    [4, 1, false],
    [4, 2, true],
    [4, 3, true],
    [3, 3, false],
    [5, 2, false],
  ])('of %i calls of which %i failed trips 0.5 from 4 calls on: %s', (calls, failures, tripped) => {
    expect(isTripped(rule, cells(calls, failures))).toBe(tripped);
  });

  test('is of failures, not of slow calls', () => {
    expect(isTripped(rule, cells(4, 0, 4))).toBe(false);
  });

  test('of no calls is no rate, even if no minimum is asked', () => {
    expect(isTripped({ ...rule, minimumCalls: 0 }, {})).toBe(false);
    expect(isTripped({ ...rule, threshold: 0, minimumCalls: 0 }, {})).toBe(false);
  });

  test('may be over the last calls', () => {
    const last = callsWindow(4);
    const calls = { 'n4:1.c': 1, 'n4:2.c': 1, 'n4:3.c': 1, 'n4:3.f': 1, 'n4:4.c': 1, 'n4:4.f': 1 };
    expect(isTripped({ ...rule, window: last }, calls)).toBe(true);
  });
});

describe('a rate of slow calls', () => {
  const rule: TripRule = { kind: 'slow-call-rate', threshold: 0.5, minimumCalls: 4, window };

  test.each([
    [4, 1, false],
    [4, 2, true],
    [3, 3, false],
  ])('of %i calls of which %i were slow trips 0.5 from 4 calls on: %s', (calls, slow, tripped) => {
    expect(isTripped(rule, cells(calls, 0, slow))).toBe(tripped);
  });

  test('is of slow calls, not of failures', () => {
    expect(isTripped(rule, cells(4, 4, 0))).toBe(false);
  });
});

describe('any of several rules', () => {
  const rule: TripRule = {
    kind: 'any-of',
    rules: [
      { kind: 'consecutive-failures', threshold: 5 },
      { kind: 'any-of', rules: [{ kind: 'failure-count', threshold: 3, window }] },
    ],
  };

  test('trips if one does, however deep', () => {
    expect(isTripped(rule, { [counter.consecutiveFailures]: 5 })).toBe(true);
    expect(isTripped(rule, cells(9, 3))).toBe(true);
    expect(isTripped(rule, { [counter.consecutiveFailures]: 4, ...cells(9, 2) })).toBe(false);
  });

  test('is flattened to the rules themselves', () => {
    expect(flatten(rule).map(({ kind }) => kind)).toEqual(['consecutive-failures', 'failure-count']);
  });
});

describe("a user's own rule", () => {
  const asked: Information[] = [];
  const rule = (answer: boolean): TripRule => ({
    kind: 'custom',
    trips: (information) => {
      asked.push(information);
      return answer;
    },
  });

  test('is asked with the counts, and its answer holds', () => {
    expect(isTripped(rule(true), { [counter.totalSuccesses]: 1, [counter.totalFailures]: 2 })).toBe(true);
    expect(asked.pop()).toMatchObject({ total: 3, totalFailures: 2, state: 'closed', generation: 7 });
    expect(isTripped(rule(false), { [counter.totalFailures]: 1 })).toBe(false);
    expect(isTripped(rule(true), { [counter.totalSuccesses]: 1 })).toBe(true);
  });

  test('is not even asked without any counted outcome', () => {
    asked.length = 0;
    expect(isTripped(rule(true), { [counter.totalIgnored]: 4 })).toBe(false);
    expect(asked).toEqual([]);
  });
});
