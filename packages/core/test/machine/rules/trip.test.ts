import { describe, expect, test } from '@jest/globals';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { RecordCounts } from '../../../src/machine/record/record-counts.js';
import type { TripRule } from '../../../src/machine/rules/trip.js';
import { callsWindow, timeWindow } from '../../../src/machine/window/window-spec.js';
import { closedRecord, rulesOf, t0 } from '../../support/machine.js';
import { consecutiveFailuresRule } from '../../../src/settings/trip/kinds/consecutive-failures.js';
import { failureCountRule } from '../../../src/settings/trip/kinds/failure-count.js';
import { failureRateRule } from '../../../src/settings/trip/kinds/failure-rate.js';
import { slowCallRateRule } from '../../../src/settings/trip/kinds/slow-call-rate.js';
import { anyOfRule } from '../../../src/settings/trip/kinds/any-of.js';
import { allOfRule } from '../../../src/settings/trip/kinds/all-of.js';

const window = timeWindow(10_000, 10);
const bucket = t0 / 1_000;

function cells(calls: number, failures: number, slow = 0): Record<string, number> {
  return { [`w1000x10:${bucket}.c`]: calls, [`w1000x10:${bucket}.f`]: failures, [`w1000x10:${bucket}.s`]: slow };
}

function isTripped(trip: TripRule, counters: Record<string, number>, now = t0): boolean {
  return trip.trips(new RecordCounts(closedRecord(counters), now, rulesOf({ trip })));
}

describe('failures in a row', () => {
  test.each([
    [4, false],
    [5, true],
    [6, true],
  ])('%i of them trip a threshold of 5: %s', (failures, tripped) => {
    expect(isTripped(consecutiveFailuresRule(5), { [counter.consecutiveFailures]: failures })).toBe(tripped);
  });

  test('are none where nothing is counted', () => {
    expect(isTripped(consecutiveFailuresRule(1), {})).toBe(false);
  });
});

describe('a count of failures in a window', () => {
  test.each([
    [2, false],
    [3, true],
    [4, true],
  ])('of %i trips a threshold of 3, whatever succeeded between: %s', (failures, tripped) => {
    expect(isTripped(failureCountRule(3, window), cells(100, failures))).toBe(tripped);
  });

  test('trips no more once its newest outcome has left the window', () => {
    const rule: TripRule = failureCountRule(3, window);
    expect(isTripped(rule, cells(3, 3), t0 + 9_999)).toBe(true);
    expect(isTripped(rule, cells(3, 3), t0 + 10_000)).toBe(false);
  });
});

describe('a failure rate', () => {
  const rule = failureRateRule(0.5, 4, window);

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
    expect(isTripped(failureRateRule(0.5, 0, window), {})).toBe(false);
    expect(isTripped(failureRateRule(0, 0, window), {})).toBe(false);
  });

  test('may be over the last calls', () => {
    const last = callsWindow(4);
    const calls = { 'n4:1.c': 1, 'n4:2.c': 1, 'n4:3.c': 1, 'n4:3.f': 1, 'n4:4.c': 1, 'n4:4.f': 1 };
    expect(isTripped(failureRateRule(0.5, 4, last), calls)).toBe(true);
  });
});

describe('a rate of slow calls', () => {
  const rule = slowCallRateRule(0.5, 4, window);

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
  const rule = anyOfRule([consecutiveFailuresRule(5), anyOfRule([failureCountRule(3, window)])]);

  test('trips if one does, however deep', () => {
    expect(isTripped(rule, { [counter.consecutiveFailures]: 5 })).toBe(true);
    expect(isTripped(rule, cells(9, 3))).toBe(true);
    expect(isTripped(rule, { [counter.consecutiveFailures]: 4, ...cells(9, 2) })).toBe(false);
  });

  test('asks about the windows of all, each once, those of rates first', () => {
    const last = callsWindow(10);
    const all = anyOfRule([rule, slowCallRateRule(0.5, 4, last), failureRateRule(0.5, 4, last)]);
    expect(all.windows).toEqual([last, window]);
  });

  test('needs what one of them needs', () => {
    expect(rule).toMatchObject({ needsSuccesses: false, needsSlowCalls: false });
    expect(anyOfRule([rule, failureRateRule(0.5, 4, window)])).toMatchObject({ needsSuccesses: true });
    expect(anyOfRule([rule, slowCallRateRule(0.5, 4, window)])).toMatchObject({ needsSlowCalls: true });
  });
});

test('all of several rules trip only together', () => {
  const rule = allOfRule([consecutiveFailuresRule(2), failureRateRule(0.5, 4, window)]);
  expect(isTripped(rule, { [counter.consecutiveFailures]: 2, ...cells(4, 2) })).toBe(true);
  expect(isTripped(rule, { [counter.consecutiveFailures]: 1, ...cells(4, 2) })).toBe(false);
  expect(isTripped(rule, { [counter.consecutiveFailures]: 2, ...cells(4, 1) })).toBe(false);
});
