import { describe, expect, test } from '@jest/globals';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { isClearDue } from '../../../src/machine/record/ends.js';
import { forced, released, reset } from '../../../src/machine/transition/override.js';
import {
  decidedTransition,
  dueTransition,
  effectiveRecord,
  informationBefore,
  nextClear,
} from '../../../src/machine/transition/transition.js';
import {
  failureRateOver,
  closedRecord,
  halfOpenRecord,
  openRecord,
  rulesOf,
  t0,
  allowAfter,
  trialLease,
} from '../../support/machine.js';

const rules = rulesOf();
const began = t0 - 5_000;

describe('a trip', () => {
  const tripped = closedRecord({ [counter.consecutiveFailures]: 3, [counter.totalFailures]: 9 });

  test('opens a new incident, clears the counts and keeps nothing of the closed state', () => {
    expect(decidedTransition(tripped, t0, rules)).toEqual({
      reason: 'tripped',
      from: 'closed',
      to: 'open',
      before: tripped,
      next: {
        state: 'open',
        generation: 8,
        openings: 1,
        since: t0,
        expiresAt: t0 + allowAfter,
        override: null,
        lastFailure: null,
        counters: {},
      },
      expect: { [counter.toldUntil]: 0 },
      ticket: false,
    });
  });

  test('is due at a start as well, whose worker finishes what a dead one found', () => {
    expect(dueTransition(tripped, t0, rules)).toEqual(decidedTransition(tripped, t0, rules));
  });

  test('asks for the pause by how often the circuit has opened in a row', () => {
    const asked: number[] = [];
    const growing = rulesOf({ allowAfter: (openings) => (asked.push(openings), 1_000 * openings) });
    expect(decidedTransition(tripped, t0, growing)?.next.expiresAt).toBe(t0 + 1_000);
    const again = halfOpenRecord({ [counter.trialsFailed]: 1 }, { openings: 4 });
    expect(decidedTransition(again, t0, growing)?.next).toMatchObject({ openings: 5, expiresAt: t0 + 5_000 });
    expect(asked).toEqual([1, 5]);
  });

  test('begins after the state before it, even if the clock stepped back', () => {
    expect(decidedTransition(tripped, began - 5_000, rules)?.next.since).toBe(began + 1);
    expect(decidedTransition(tripped, t0 + 0.9, rules)?.next.since).toBe(t0);
  });

  test.each([
    [-1, 'tripped'],
    [0, undefined],
    [1, undefined],
  ])('%i ms after the cyclic clear is due: %s', (ms, reason) => {
    const clearing = { ...tripped, expiresAt: t0 };
    expect(decidedTransition(clearing, t0 + ms, rules)?.reason).toBe(reason);
  });

  test('is never due without a record, while open, or under an override', () => {
    const override = { state: 'closed', reason: null, by: null, until: null } as const;
    expect(dueTransition(null, t0, rules)).toBeNull();
    expect(decidedTransition({ ...tripped, override }, t0, rules)).toBeNull();
    expect(dueTransition({ ...tripped, override }, t0, rules)).toBeNull();
    const open = openRecord({
      counters: { ...tripped.counters, [counter.trialsFailed]: 1, [counter.trialsSucceeded]: 2 },
    });
    expect(decidedTransition(open, t0, rules)).toBeNull();
  });

  test('is finished by a start only while the newest outcome is inside the window', () => {
    const rate = rulesOf({ trip: failureRateOver(10_000) });
    const window = { 'w1000x10:1767225600.c': 4, 'w1000x10:1767225600.f': 4 };
    const waiting = closedRecord(window);
    expect(dueTransition(waiting, t0 + 9_999, rate)?.reason).toBe('tripped');
    expect(dueTransition(waiting, t0 + 10_000, rate)).toBeNull();
  });
});

describe('a round of trials', () => {
  const end = began + allowAfter;

  test('begins at the end of the open time, inclusive, with the first ticket for its caller', () => {
    const open = openRecord({ counters: { [counter.totalFailures]: 3 } });
    expect(dueTransition(open, end - 1, rules)).toBeNull();
    expect(dueTransition(open, end, rules)).toEqual({
      reason: 'trial-round',
      from: 'open',
      to: 'half-open',
      before: open,
      next: {
        state: 'half-open',
        generation: 7,
        openings: 1,
        since: end,
        expiresAt: end + trialLease,
        override: null,
        lastFailure: null,
        counters: {
          [counter.trialsStarted]: 1,
          [counter.trialsLimit]: 2,
          [counter.trialsDeadline]: end + trialLease,
        },
      },
      expect: {},
      ticket: true,
    });
    expect(dueTransition(open, end + 1, rules)?.next.since).toBe(end + 1);
  });

  test('is followed by another once its time is over, which carries the sample and lacks what is missing', () => {
    const roundEnd = began + trialLease;
    const sample = {
      [counter.consecutiveSuccesses]: 1,
      [counter.totalSuccesses]: 1,
      [counter.totalIgnored]: 4,
      [counter.totalSlow]: 1,
      [counter.trialsSucceeded]: 1,
    };
    const round = halfOpenRecord({ ...sample, [counter.trialsStarted]: 2 });
    expect(dueTransition(round, roundEnd - 1, rules)).toBeNull();
    const next = dueTransition(round, roundEnd, rules);
    expect(next).toMatchObject({ reason: 'new-round', from: 'half-open', to: 'half-open', ticket: true });
    expect(next?.next).toEqual({
      state: 'half-open',
      generation: 7,
      openings: 1,
      since: roundEnd,
      expiresAt: roundEnd + trialLease,
      override: null,
      lastFailure: null,
      counters: {
        ...sample,
        [counter.trialsStarted]: 1,
        [counter.trialsLimit]: 1,
        [counter.trialsDeadline]: roundEnd + trialLease,
      },
    });
  });

  test('may be followed only while no trial moved: every counter carried over, the tickets and the deadline are fenced', () => {
    const round = halfOpenRecord({ [counter.trialsSucceeded]: 1 });
    expect(dueTransition(round, began + trialLease, rules)?.expect).toEqual({
      [counter.consecutiveFailures]: 0,
      [counter.consecutiveSuccesses]: 0,
      [counter.totalFailures]: 0,
      [counter.totalSuccesses]: 0,
      [counter.totalIgnored]: 0,
      [counter.totalSlow]: 0,
      [counter.trialsSucceeded]: 1,
      [counter.trialsFailed]: 0,
      [counter.trialsStarted]: 1,
      [counter.trialsDeadline]: began + trialLease,
    });
  });

  test('of a sample carries its failures too, when they decide nothing yet', () => {
    const sampling = rulesOf({ closing: { kind: 'sample', trials: 10, successRate: 0.5 } });
    const round = halfOpenRecord({
      [counter.consecutiveFailures]: 2,
      [counter.totalFailures]: 2,
      [counter.totalSuccesses]: 3,
      [counter.trialsSucceeded]: 3,
      [counter.trialsFailed]: 2,
    });
    expect(dueTransition(round, began + trialLease, sampling)?.next.counters).toEqual({
      [counter.consecutiveFailures]: 2,
      [counter.totalFailures]: 2,
      [counter.totalSuccesses]: 3,
      [counter.trialsSucceeded]: 3,
      [counter.trialsFailed]: 2,
      [counter.trialsStarted]: 1,
      [counter.trialsLimit]: 5,
      [counter.trialsDeadline]: began + 2 * trialLease,
    });
  });

  test('without tickets or deadline in its record is fenced on their absence, and ends by the record', () => {
    const bare = halfOpenRecord({}, { counters: {} });
    expect(dueTransition(bare, began + trialLease, rules)?.expect).toMatchObject({
      [counter.trialsStarted]: 0,
      [counter.trialsDeadline]: 0,
    });
  });

  test('that is decided is stored as that, though its time is over', () => {
    const late = began + trialLease + 1;
    const succeeded = halfOpenRecord({ [counter.trialsSucceeded]: 2 });
    expect(dueTransition(succeeded, late, rules)?.reason).toBe('trials-succeeded');
    const failed = halfOpenRecord({ [counter.trialsFailed]: 1 });
    expect(dueTransition(failed, late, rules)?.reason).toBe('trials-failed');
  });

  test('that nothing has decided is nothing for an end to store, though its time is over', () => {
    expect(decidedTransition(halfOpenRecord(), began + trialLease, rules)).toBeNull();
  });
});

describe('the end of an incident', () => {
  const counts = { [counter.trialsSucceeded]: 2, [counter.totalSuccesses]: 2 };

  test('is a closed state with no past but how often the circuit opened', () => {
    const round = halfOpenRecord(counts, { openings: 4 });
    expect(decidedTransition(round, t0, rules)).toEqual({
      reason: 'trials-succeeded',
      from: 'half-open',
      to: 'closed',
      before: round,
      next: {
        state: 'closed',
        generation: 8,
        openings: 4,
        since: t0,
        expiresAt: null,
        override: null,
        lastFailure: null,
        counters: {},
      },
      expect: { [counter.trialsFailed]: 0 },
      ticket: false,
    });
  });

  test('begins the period of the cyclic clear', () => {
    const clearing = rulesOf({ cyclicClearAfter: 60_000 });
    expect(decidedTransition(halfOpenRecord(counts), t0, clearing)?.next.expiresAt).toBe(t0 + 60_000);
  });

  test('did not come where a trial failed: it opens again within the same generation', () => {
    const round = halfOpenRecord({ [counter.trialsFailed]: 1 }, { openings: 2 });
    expect(decidedTransition(round, t0, rules)).toMatchObject({
      reason: 'trials-failed',
      from: 'half-open',
      to: 'open',
      next: { state: 'open', generation: 7, openings: 3, since: t0, expiresAt: t0 + allowAfter, counters: {} },
    });
  });
});

describe('an operator', () => {
  const override = { state: 'open', reason: 'deploy', by: 'ada', until: t0 + 1_000 } as const;

  test('forces any circuit into a clean closed record under the override', () => {
    const round = halfOpenRecord({ [counter.totalFailures]: 1 }, { openings: 2 });
    expect(forced(round, override, t0, rulesOf({ cyclicClearAfter: 60_000 }))).toEqual({
      reason: 'forced-open',
      from: 'half-open',
      to: 'open',
      before: round,
      next: {
        state: 'closed',
        generation: 8,
        openings: 0,
        since: t0,
        expiresAt: null,
        override,
        lastFailure: null,
        counters: {},
      },
      ticket: false,
    });
  });

  test('forces a circuit that has no record', () => {
    expect(forced(null, { ...override, state: 'closed' }, t0, rules)).toMatchObject({
      reason: 'forced-closed',
      from: 'closed',
      to: 'closed',
      before: null,
      next: { generation: 1, since: t0 },
    });
  });

  test('forces over an earlier override, from what that made callers meet', () => {
    const under = closedRecord({}, { override });
    expect(forced(under, { ...override, state: 'closed' }, t0, rules)).toMatchObject({ from: 'open', to: 'closed' });
  });

  test('releases only what is forced', () => {
    expect(released(null, t0, rules)).toBeNull();
    expect(released(closedRecord(), t0, rules)).toBeNull();
    expect(released(closedRecord({ x: 1 }, { override }), t0, rulesOf({ cyclicClearAfter: 60_000 }))).toMatchObject({
      reason: 'released',
      from: 'open',
      to: 'closed',
      next: { generation: 8, since: t0, expiresAt: t0 + 60_000, override: null, counters: {} },
    });
  });

  test('resets any circuit, one without a record too', () => {
    expect(reset(null, t0, rules)).toMatchObject({
      reason: 'reset',
      from: 'closed',
      to: 'closed',
      next: { generation: 1 },
    });
    expect(reset(openRecord(), t0, rules)).toMatchObject({ reason: 'reset', from: 'open', next: { openings: 0 } });
  });

  test('whose override lapses leaves a clean closed state, at its end, inclusive', () => {
    const under = closedRecord({ [counter.totalFailures]: 3 }, { override });
    expect(dueTransition(under, t0 + 999, rules)).toBeNull();
    expect(dueTransition(under, t0 + 1_000, rules)).toMatchObject({
      reason: 'override-lapsed',
      from: 'open',
      to: 'closed',
      next: { generation: 8, since: t0 + 1_000, override: null, counters: {} },
    });
    const forEver = closedRecord({}, { override: { ...override, until: null } });
    expect(dueTransition(forEver, Number.MAX_SAFE_INTEGER, rules)).toBeNull();
  });
});

describe('a cyclic clear', () => {
  test('is due at its end, inclusive, of a plain closed record only', () => {
    const override = { state: 'closed', reason: null, by: null, until: t0 } as const;
    expect(isClearDue(closedRecord({}, { expiresAt: t0 }), t0 - 1, rules)).toBe(false);
    expect(isClearDue(closedRecord({}, { expiresAt: t0 }), t0, rules)).toBe(true);
    expect(isClearDue(closedRecord({}, { expiresAt: t0 }), t0 + 1, rules)).toBe(true);
    expect(isClearDue(closedRecord(), t0, rules)).toBe(false);
    expect(isClearDue(closedRecord({}, { expiresAt: t0, override }), t0, rules)).toBe(false);
    expect(isClearDue(openRecord({ expiresAt: t0 }), t0, rules)).toBe(false);
  });

  test('comes a period after its beginning, never without one', () => {
    expect(nextClear(t0 + 0.5, rulesOf({ cyclicClearAfter: 1_000 }))).toBe(t0 + 1_000);
    expect(nextClear(t0, rules)).toBeNull();
  });
});

describe('the record that callers meet', () => {
  test('is the stored one while nothing is due', () => {
    expect(effectiveRecord(null, t0, rules)).toBeNull();
    const open = openRecord();
    expect(effectiveRecord(open, began + allowAfter - 1, rules)).toBe(open);
  });

  test('is half-open with no ticket taken once the open time is over', () => {
    const open = openRecord();
    const seen = effectiveRecord(open, began + allowAfter, rules);
    expect(seen).toMatchObject({ state: 'half-open', revision: open.revision, by: open.by });
    expect(seen?.counters).toMatchObject({ [counter.trialsStarted]: 0, [counter.trialsLimit]: 2 });
  });

  test.each([0, 1, 3_600_000])('waits since the moment when it became due, the same %i ms later', (ms) => {
    const open = effectiveRecord(openRecord(), began + allowAfter + ms, rules);
    expect(open).toMatchObject({ state: 'half-open', since: began + allowAfter, expiresAt: null });
    expect(open?.counters).not.toHaveProperty(counter.trialsDeadline);
    const round = effectiveRecord(halfOpenRecord(), began + trialLease + ms, rules);
    expect(round).toMatchObject({ state: 'half-open', since: began + trialLease, expiresAt: null });
    const override = { state: 'open', reason: null, by: null, until: t0 } as const;
    const lapsed = effectiveRecord(closedRecord({}, { override }), t0 + ms, rulesOf({ cyclicClearAfter: 60_000 }));
    expect(lapsed).toMatchObject({ state: 'closed', override: null, since: t0, expiresAt: null });
  });

  test.each([0, 1, 3_600_000])('has no counts once its clear is due, %i ms later either', (ms) => {
    const record = closedRecord({ [counter.totalFailures]: 2 }, { expiresAt: t0, openings: 2 });
    const next = { ...record, generation: 8, expiresAt: null, counters: {} };
    expect(effectiveRecord(record, t0 - 1, rules)).toBe(record);
    expect(effectiveRecord(record, t0 + ms, rules)).toEqual(next);
  });

  test('is open where a trip was found and not stored', () => {
    const seen = effectiveRecord(closedRecord({ [counter.consecutiveFailures]: 3 }), t0, rules);
    expect(seen).toMatchObject({ state: 'open', since: t0, revision: 1_000, by: 'someone', counters: {} });
  });
});

test('what is told of a transition are the counts that led to it, as they were', () => {
  const before = closedRecord({ [counter.consecutiveFailures]: 3, [counter.totalFailures]: 3 });
  const transition = decidedTransition(before, t0, rules);
  expect(transition && informationBefore(transition, t0, rules)).toMatchObject({
    state: 'closed',
    generation: 7,
    consecutiveFailures: 3,
    totalFailures: 3,
  });
});
