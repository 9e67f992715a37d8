import type { CircuitRecord, Counters } from '@circuitry/core';
import { counter } from '../../src/machine/facts/counter-names.js';
import type { Outcome } from '../../src/machine/facts/outcome.js';
import type { Rules } from '../../src/machine/rules/rules.js';
import type { TripRule } from '../../src/machine/rules/trip.js';
import { timeWindow } from '../../src/machine/window/window-spec.js';
import { consecutiveFailuresRule } from '../../src/settings/trip/kinds/consecutive-failures.js';
import { failureRateRule } from '../../src/settings/trip/kinds/failure-rate.js';
import type { Window } from '../../src/machine/window/window.js';

/** A moment on the edge of every window's bucket that the tests use, ms since the epoch. */
export const t0 = 1_767_225_600_000;

export const allowAfter = 30_000;
export const trialLease = 10_000;
export const longestTrial = 40_000;
export const retention = 60_000;
export const maxOpenFor = 3_600_000;
export const calmPeriod = 300_000;
const clockError = 5_000;

/** Small rules: the 3rd failure in a row trips, 2 successes in a row close. */
export function rulesOf(changes: Partial<Rules> = {}): Rules {
  const rules: Rules = {
    trip: consecutiveFailuresRule(3),
    closing: { kind: 'consecutive-successes', successes: 2 },
    windows: [],
    slowTrialsFail: false,
    allowAfter: () => allowAfter,
    maxOpenFor,
    calmPeriod,
    cyclicClearAfter: null,
    trialLease,
    longestTrial,
    retention,
    clockError,
    asksUser: false,
    ...changes,
  };
  return { ...rules, windows: changes.windows ?? rules.trip.windows };
}

const blank: CircuitRecord = {
  revision: 1_000,
  state: 'closed',
  generation: 7,
  openings: 0,
  since: t0 - 5_000,
  expiresAt: null,
  override: null,
  by: 'someone',
  lastFailure: null,
  counters: {},
};

export function closedRecord(counters: Counters = {}, changes: Partial<CircuitRecord> = {}): CircuitRecord {
  return { ...blank, counters, ...changes };
}

/** Open since 5 s before t0, for `allowAfter` from then on. */
export function openRecord(changes: Partial<CircuitRecord> = {}): CircuitRecord {
  return { ...blank, state: 'open', openings: 1, expiresAt: blank.since + allowAfter, ...changes };
}

/** A round of trials that began 5 s before t0, with one ticket of two taken. */
export function halfOpenRecord(counters: Counters = {}, changes: Partial<CircuitRecord> = {}): CircuitRecord {
  const deadline = blank.since + trialLease;
  return {
    ...blank,
    state: 'half-open',
    openings: 1,
    expiresAt: deadline,
    counters: {
      [counter.trialsStarted]: 1,
      [counter.trialsLimit]: 2,
      [counter.trialsDeadline]: deadline,
      ...counters,
    },
    ...changes,
  };
}

export function outcome(kind: Outcome['kind'], at: number = t0, slow = false): Outcome {
  return { kind, at, slow, openFor: null, failure: null };
}

export const success: Outcome = outcome('success');
export const failure: Outcome = outcome('failure');
export const ignored: Outcome = outcome('ignored');

/** At least half of at least 4 calls failed, over a window of that many ms in 10 parts. */
export function failureRateOver(ms: number): TripRule {
  return failureRateRule(0.5, 4, timeWindow(ms, 10));
}

/** The changes that a window's outcomes made, as a delta adds them. */
export function addedBy(window: Window): Counters {
  const add: Record<string, number> = {};
  window.addTo(add);
  return add;
}
