import { describe, expect, test } from '@jest/globals';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { effectiveState, informationOf } from '../../../src/machine/record/information-of.js';
import { timeWindow } from '../../../src/machine/window/window-spec.js';
import {
  calmPeriod,
  closedRecord,
  failureRateOver,
  halfOpenRecord,
  openRecord,
  rulesOf,
  t0,
} from '../../support/machine.js';
import { failureCountRule } from '../../../src/settings/trip/kinds/failure-count.js';
import { slowCallRateRule } from '../../../src/settings/trip/kinds/slow-call-rate.js';
import { anyOfRule } from '../../../src/settings/trip/kinds/any-of.js';

const rules = rulesOf();
const began = t0 - 5_000;

test('a circuit without a record is closed, with nothing counted', () => {
  expect(informationOf(null, t0, rules)).toEqual({
    state: 'closed',
    generation: 0,
    revision: 0,
    openings: 0,
    consecutiveFailures: 0,
    consecutiveSuccesses: 0,
    total: 0,
    totalFailures: 0,
    totalSuccesses: 0,
    totalIgnored: 0,
    totalSlow: 0,
    window: null,
    windows: [],
    trials: null,
    since: 0,
    expiresAfter: null,
    override: null,
    lastFailure: null,
  });
});

test('a record shows each of its counts, ignored calls not among the total', () => {
  const counters = {
    [counter.consecutiveFailures]: 1,
    [counter.consecutiveSuccesses]: 2,
    [counter.totalFailures]: 3,
    [counter.totalSuccesses]: 4,
    [counter.totalIgnored]: 5,
    [counter.totalSlow]: 6,
  };
  expect(informationOf(closedRecord(counters, { openings: 8, expiresAt: t0 }), t0, rules)).toEqual({
    state: 'closed',
    generation: 7,
    revision: 1_000,
    openings: 8,
    consecutiveFailures: 1,
    consecutiveSuccesses: 2,
    total: 7,
    totalFailures: 3,
    totalSuccesses: 4,
    totalIgnored: 5,
    totalSlow: 6,
    window: null,
    windows: [],
    trials: null,
    since: began,
    expiresAfter: new Date(t0),
    override: null,
    lastFailure: null,
  });
});

describe('trials', () => {
  test('are shown while half-open, with the later end of the round', () => {
    const round = halfOpenRecord({ [counter.trialsDeadline]: t0 + 9_000 });
    expect(informationOf(round, t0, rules)).toMatchObject({
      state: 'half-open',
      trials: { started: 1, limit: 2 },
      expiresAfter: new Date(t0 + 9_000),
    });
  });

  test('are counted as none where the record has no counters', () => {
    expect(informationOf(halfOpenRecord({}, { counters: {} }), t0, rules).trials).toEqual({ started: 0, limit: 0 });
  });

  test('are not shown in another state, nor under an override', () => {
    const override = { state: 'open', reason: null, by: null, until: t0 + 7 } as const;
    expect(informationOf(openRecord(), t0, rules).trials).toBeNull();
    expect(informationOf(halfOpenRecord({}, { override }), t0, rules)).toMatchObject({
      state: 'open',
      trials: null,
      override,
      expiresAfter: new Date(t0 + 7),
    });
  });
});

describe('the window', () => {
  const trip = failureRateOver(10_000);
  const cells = { 'w1000x10:1767225600.c': 4, 'w1000x10:1767225600.f': 1, 'w1000x10:1767225600.s': 2 };

  test('is that of the first rate rule, at the moment that is asked about', () => {
    const counting = rulesOf({
      trip: anyOfRule([failureCountRule(1, timeWindow(5_000, 5)), trip]),
    });
    expect(informationOf(closedRecord(cells), t0, counting).window).toEqual({
      calls: 4,
      failures: 1,
      slow: 2,
      failureRate: 0.25,
      slowRate: 0.5,
    });
    const slow = rulesOf({ trip: slowCallRateRule(0.5, 4, timeWindow(10_000, 10)) });
    expect(informationOf(closedRecord(cells), t0, slow).window?.slowRate).toBe(0.5);
  });

  test('has rates of 0 without calls', () => {
    const empty = { calls: 0, failures: 0, slow: 0, failureRate: 0, slowRate: 0 };
    expect(informationOf(null, t0, rulesOf({ trip })).window).toEqual(empty);
    expect(informationOf(closedRecord(cells), t0 + 10_000, rulesOf({ trip })).window).toEqual(empty);
  });

  test('is null where no rule asks for a rate', () => {
    const count = rulesOf({ trip: failureCountRule(1, timeWindow(5_000, 5)) });
    expect(informationOf(closedRecord(cells), t0, count).window).toBeNull();
  });
});

describe('the end of a record', () => {
  const override = { state: 'open', reason: null, by: null, until: null } as const;

  test('leaves the state as callers meet it to the override', () => {
    expect(effectiveState(null)).toBe('closed');
    expect(effectiveState(halfOpenRecord())).toBe('half-open');
    expect(effectiveState(closedRecord({}, { override }))).toBe('open');
  });
});

test('how often a circuit opened in a row is shown until it has been calm', () => {
  const closed = closedRecord({}, { since: t0, openings: 3 });
  expect(informationOf(closed, t0 + calmPeriod - 1, rules).openings).toBe(3);
  expect(informationOf(closed, t0 + calmPeriod, rules).openings).toBe(0);
  expect(informationOf(openRecord({ since: t0, openings: 3 }), t0 + calmPeriod, rules).openings).toBe(3);
});

test('what opened a circuit is shown', () => {
  expect(informationOf(openRecord({ lastFailure: 'HTTP 503' }), t0, rules).lastFailure).toBe('HTTP 503');
});
