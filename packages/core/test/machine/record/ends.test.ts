import { describe, expect, test } from '@jest/globals';
import type { CircuitRecord } from '@circuitry/core';
import { counter } from '../../../src/machine/facts/counter-names.js';
import {
  endOf,
  hasEnded,
  isCalm,
  isClearDue,
  isFromAhead,
  leaseOf,
  toldUntil,
} from '../../../src/machine/record/ends.js';
import { forced } from '../../../src/machine/transition/override.js';
import { nextSince, stamped } from '../../../src/machine/record/revision.js';
import { firstStep } from '../../../src/machine/steps/start-steps.js';
import { dueTransition } from '../../../src/machine/transition/transition.js';
import {
  allowAfter,
  calmPeriod,
  closedRecord,
  halfOpenRecord,
  longestTrial,
  maxOpenFor,
  openRecord,
  rulesOf,
  t0,
  trialLease,
} from '../../support/machine.js';

const rules = rulesOf();
const began = t0 - 5_000;
const override = { state: 'open', reason: null, by: null, until: null } as const;

test('the end is the one of the override, of the state, or the later one of a round and its leases', () => {
  expect(endOf(null, t0, rules)).toBeNull();
  expect(endOf(closedRecord(), t0, rules)).toBeNull();
  expect(endOf(closedRecord({}, { expiresAt: t0 }), t0, rules)).toBe(t0);
  const stray = { expiresAt: t0 + 3, counters: { [counter.trialsDeadline]: t0 + 99 } };
  expect(endOf(openRecord(stray), t0, rules)).toBe(t0 + 3);
  expect(endOf(openRecord({ override }), t0, rules)).toBeNull();
  expect(endOf(openRecord({ override: { ...override, until: t0 } }), t0, rules)).toBe(t0);
  expect(endOf(halfOpenRecord(), t0, rules)).toBe(began + trialLease);
  expect(endOf(halfOpenRecord({}, { counters: {} }), t0, rules)).toBe(began + trialLease);
  expect(endOf(halfOpenRecord({ [counter.trialsDeadline]: t0 }, { expiresAt: null }), t0, rules)).toBe(t0);
  expect(endOf(halfOpenRecord({}, { expiresAt: null, counters: {} }), t0, rules)).toBeNull();
});

/** Records that were written an hour ago under a clock that was an hour and some ms ahead. */
const hour = 3_600_000;
function writtenAhead(ms: number): Record<string, CircuitRecord> {
  const since = t0 + ms;
  return {
    open: openRecord({ since, expiresAt: since + allowAfter }),
    'half-open': halfOpenRecord(
      { [counter.trialsStarted]: 2, [counter.trialsDeadline]: since + trialLease },
      { since, expiresAt: since + trialLease },
    ),
    forced: closedRecord({}, { since, override: { ...override, until: since + 1_000 } }),
    cleared: closedRecord({}, { since, expiresAt: since + 60_000 }),
  };
}

describe('a record of a clock that has stepped back', () => {
  test('is told by its beginning, which lies further ahead than clocks may differ', () => {
    expect(isFromAhead({ since: t0 + 600_000 }, t0, rulesOf({ clockError: 600_000 }))).toBe(false);
    expect(isFromAhead({ since: t0 + 600_001 }, t0, rulesOf({ clockError: 600_000 }))).toBe(true);
    expect(isFromAhead({ since: t0 + 5_000 }, t0, rules)).toBe(false);
    expect(isFromAhead({ since: t0 + 5_001 }, t0, rules)).toBe(true);
    expect(isFromAhead({ since: 0 }, -1, rules)).toBe(false);
  });

  test.each(['open', 'half-open', 'forced', 'cleared'])('is over, if it is %s', (name) => {
    const record = writtenAhead(hour)[name] as CircuitRecord;
    expect(hasEnded(record, t0, rules)).toBe(true);
    expect(endOf(record, t0, rules)).toBe(t0);
    const near = writtenAhead(5_000)[name] as CircuitRecord;
    expect(hasEnded(near, t0, rules)).toBe(false);
  });

  test.each([
    ['open', 'trial-round'],
    ['half-open', 'new-round'],
    ['forced', 'override-lapsed'],
  ])('leaves %s by a %s, which begins now; its revision grows all the same', (name, reason) => {
    const record = { ...(writtenAhead(hour)[name] as CircuitRecord), revision: (t0 + hour) * 1_024 };
    const due = dueTransition(record, t0, rules);
    expect(due).toMatchObject({ reason, next: { since: t0 } });
    const next = stamped(due!.next, record, t0, { chance: 0, by: '' });
    expect(next.revision).toBe(record.revision + 1);
    expect(isFromAhead(next, t0, rules)).toBe(false);
  });

  test('has a cyclic clear that is due, but only where there is one', () => {
    expect(isClearDue(writtenAhead(hour).cleared as CircuitRecord, t0, rules)).toBe(true);
    expect(isClearDue(closedRecord({}, { since: t0 + hour }), t0, rules)).toBe(false);
    expect(hasEnded(closedRecord({}, { since: t0 + hour }), t0, rules)).toBe(false);
  });

  test('holds for its length from now, if it is an operator’s word for longer than the clock was ahead', () => {
    const forcedFor = (ms: number): CircuitRecord =>
      closedRecord({}, { since: t0 + hour, override: { ...override, until: t0 + hour + ms } });
    expect(endOf(forcedFor(hour), t0, rules)).toBe(t0);
    expect(dueTransition(forcedFor(hour), t0, rules)).toMatchObject({ reason: 'override-lapsed' });
    expect(endOf(forcedFor(hour + 1), t0, rules)).toBe(t0 + hour + 1);
    expect(firstStep(forcedFor(hour + 1), t0, rules)).toMatchObject({ because: 'forced', until: t0 + hour + 1 });
  });

  test('does not end an override without an end', () => {
    const record = closedRecord({}, { since: t0 + hour, override });
    expect(firstStep(record, t0, rules)).toEqual({ kind: 'refuse', because: 'forced', until: null });
  });

  test('carries its beginning on to no other state, not by an operator either', () => {
    expect(nextSince(closedRecord({}, { since: t0 + 5_001 }), t0, rules)).toBe(t0);
    expect(nextSince(closedRecord({}, { since: t0 + 5_000 }), t0, rules)).toBe(t0 + 5_001);
    expect(forced(openRecord({ since: t0 + hour }), override, t0, rules).next.since).toBe(t0);
  });
});

describe('a round whose deadline lies further ahead than a trial may last', () => {
  const withDeadline = (ms: number, trialsLease = 0): CircuitRecord =>
    halfOpenRecord({ [counter.trialsDeadline]: t0 + ms, [counter.trialsLease]: trialsLease });

  test('is over', () => {
    expect(hasEnded(withDeadline(longestTrial + 5_000), t0, rules)).toBe(false);
    expect(hasEnded(withDeadline(longestTrial + 5_001), t0, rules)).toBe(true);
    expect(endOf(withDeadline(longestTrial + 5_001), t0, rules)).toBe(t0);
  });

  test('lives, if a trial of it has a longer lease', () => {
    expect(hasEnded(withDeadline(90_000, 85_000), t0, rules)).toBe(false);
    expect(hasEnded(withDeadline(90_001, 85_000), t0, rules)).toBe(true);
    const begunSo = halfOpenRecord({ [counter.trialsDeadline]: t0 + 90_000 }, { expiresAt: began + 85_000 });
    expect(leaseOf(begunSo)).toBe(85_000);
    expect(hasEnded(begunSo, t0, rules)).toBe(false);
  });

  test('lives, if it is no round: an open circuit has no trials', () => {
    expect(hasEnded(openRecord({ expiresAt: t0 + 1e9 }), t0, rules)).toBe(false);
  });
});

test('what a dependency told holds until its end, inclusive, and for no longer than the rules allow', () => {
  const told = (ms: number): number => toldUntil({ [counter.toldUntil]: t0 + ms }, t0, rules);
  expect(toldUntil({}, t0, rules)).toBe(0);
  expect(told(0)).toBe(0);
  expect(told(1)).toBe(t0 + 1);
  expect(told(maxOpenFor + 1)).toBe(t0 + maxOpenFor);
});

test('a circuit is calm once it has been closed for the calm period, inclusive, or a clock ahead closed it', () => {
  expect(isCalm(closedRecord(), began + calmPeriod - 1, rules)).toBe(false);
  expect(isCalm(closedRecord(), began + calmPeriod, rules)).toBe(true);
  expect(isCalm(closedRecord({}, { since: t0 + 5_000 }), t0, rules)).toBe(false);
  expect(isCalm(closedRecord({}, { since: t0 + 5_001 }), t0, rules)).toBe(true);
});
