import { describe, expect, test } from '@jest/globals';
import { applyDelta, type CircuitRecord, type Counters } from '@circuitry/core';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { Draft } from '../../../src/machine/counting/draft.js';
import { givenUpFenceOf } from '../../../src/machine/record/fence.js';
import type { Outcome } from '../../../src/machine/facts/outcome.js';
import type { Rules } from '../../../src/machine/rules/rules.js';
import { mergeOutcomes } from '../../support/merge-outcomes.js';
import { callsWindow, timeWindow } from '../../../src/machine/window/window-spec.js';
import {
  closedRecord,
  failure,
  failureRateOver,
  halfOpenRecord,
  ignored,
  openRecord,
  outcome,
  rulesOf,
  success,
  t0,
} from '../../support/machine.js';
import { failureRateRule } from '../../../src/settings/trip/kinds/failure-rate.js';
import { failureCountRule } from '../../../src/settings/trip/kinds/failure-count.js';
import { anyOfRule } from '../../../src/settings/trip/kinds/any-of.js';

const rules = rulesOf();

function draftOf(record: CircuitRecord | null, outcomes: readonly Outcome[], given = rules): Draft {
  const draft = new Draft(record, t0, given);
  for (const each of outcomes) draft.add(each);
  return draft;
}

describe('the delta of outcomes in a closed circuit', () => {
  test('of failures adds to the run, and ends the run of successes', () => {
    expect(draftOf(closedRecord(), [failure, failure]).delta()).toEqual({
      add: { [counter.consecutiveFailures]: 2, [counter.totalFailures]: 2 },
      set: { [counter.consecutiveSuccesses]: 0 },
    });
  });

  test('of a success ends the run of failures', () => {
    expect(draftOf(closedRecord(), [success]).delta()).toEqual({
      add: { [counter.consecutiveSuccesses]: 1, [counter.totalSuccesses]: 1 },
      set: { [counter.consecutiveFailures]: 0 },
    });
  });

  test('of a mixed batch sets each run to what came after its last reset', () => {
    expect(draftOf(closedRecord(), [failure, success, success, failure]).delta()).toEqual({
      add: { [counter.totalFailures]: 2, [counter.totalSuccesses]: 2 },
      set: { [counter.consecutiveFailures]: 1, [counter.consecutiveSuccesses]: 0 },
    });
  });

  test('of ignored calls touches nothing but their total', () => {
    expect(draftOf(closedRecord(), [ignored, ignored]).delta()).toEqual({
      add: { [counter.totalIgnored]: 2 },
      set: {},
    });
  });

  test('of slow calls counts them, success or failure', () => {
    const delta = draftOf(closedRecord(), [outcome('success', t0, true), outcome('failure', t0, true)]).delta();
    expect(delta.add).toMatchObject({
      [counter.totalSlow]: 2,
      [counter.totalSuccesses]: 1,
      [counter.totalFailures]: 1,
    });
  });

  test('of a success that waited in a buffer never touches the run of failures', () => {
    const draft = new Draft(closedRecord({ [counter.consecutiveFailures]: 2 }), t0, rules);
    draft.add(success, true);
    expect(draft.delta().set).toEqual({});
    expect(draft.consecutiveFailures).toBe(2);
    draft.add(failure);
    expect(draft.delta().add).toMatchObject({ [counter.consecutiveFailures]: 1, [counter.totalSuccesses]: 1 });
  });

  test('of a plain success is that of one that waited, where no window counts it', () => {
    const waited = new Draft(closedRecord({ [counter.consecutiveFailures]: 2 }), t0, rules);
    const plain = new Draft(closedRecord({ [counter.consecutiveFailures]: 2 }), t0, rules);
    for (let each = 0; each < 3; each += 1) {
      waited.add(success, true);
      plain.addPlainSuccess();
    }
    expect(plain.delta()).toEqual(waited.delta());
    expect(plain.totals).toEqual({ failures: 0, successes: 3, ignored: 0, slow: 0 });
    expect(plain.consecutiveFailures).toBe(2);
  });

  test('is the same on whichever record of the same fence', () => {
    const outcomes = [failure, success, failure];
    const busy = closedRecord({ [counter.totalFailures]: 40, [counter.consecutiveFailures]: 1 });
    expect(draftOf(busy, outcomes).delta()).toEqual(draftOf(closedRecord(), outcomes).delta());
    expect(draftOf(null, outcomes).delta()).toEqual(draftOf(closedRecord(), outcomes).delta());
  });
});

describe('the delta of trials', () => {
  test('counts them by what they mean for the round', () => {
    expect(draftOf(halfOpenRecord(), [success, failure]).delta().add).toMatchObject({
      [counter.trialsSucceeded]: 1,
      [counter.trialsFailed]: 1,
    });
  });

  test('gives the ticket of an ignored one back', () => {
    expect(draftOf(halfOpenRecord(), [ignored]).delta()).toEqual({
      add: { [counter.totalIgnored]: 1, [counter.trialsStarted]: -1 },
      set: {},
    });
  });

  test('takes a slow success for a failed trial only where slow calls matter', () => {
    const slow = outcome('success', t0, true);
    expect(draftOf(halfOpenRecord(), [slow]).delta().add).toMatchObject({ [counter.trialsSucceeded]: 1 });
    const strict = draftOf(halfOpenRecord(), [slow], rulesOf({ slowTrialsFail: true })).delta().add;
    expect(strict).toMatchObject({ [counter.trialsFailed]: 1, [counter.totalSuccesses]: 1 });
    expect(strict).not.toHaveProperty([counter.trialsSucceeded]);
    const quick = draftOf(halfOpenRecord(), [success], rulesOf({ slowTrialsFail: true })).delta().add;
    expect(quick).toMatchObject({ [counter.trialsSucceeded]: 1 });
  });

  test('counts into no window, and leaves old windows alone', () => {
    const counting = rulesOf({ trip: failureRateOver(10_000) });
    const round = halfOpenRecord({ 'w1000x10:1.c': 3, 'w500x2:1.c': 3 });
    const delta = draftOf(round, [failure], counting).delta();
    expect(Object.keys(delta.add ?? {}).filter((name) => name.startsWith('w'))).toEqual([]);
    expect(delta.drop).toBeUndefined();
  });

  test('is not trials at all outside a round', () => {
    expect(draftOf(closedRecord(), [success, failure, ignored]).delta().add).not.toHaveProperty([
      counter.trialsStarted,
    ]);
  });
});

describe('the delta of outcomes with windows', () => {
  const counting = rulesOf({ trip: failureRateOver(10_000) });

  test('counts each into its bucket, and drops what has left', () => {
    const record = closedRecord({ 'w1000x10:1767225590.c': 3, 'w1000x10:1767225591.c': 1 });
    const delta = draftOf(record, [failure, success], counting).delta();
    expect(delta.add).toMatchObject({ 'w1000x10:1767225600.c': 2, 'w1000x10:1767225600.f': 1 });
    expect(delta.drop).toEqual(expect.arrayContaining(['w1000x10:1767225590.c']));
    expect(delta.drop).not.toContain('w1000x10:1767225591.c');
  });

  test('drops what windows of earlier settings left behind: those of time once they are over', () => {
    const record = closedRecord({ 'w500x2:3534451198.c': 1, 'w500x2:3534451199.c': 1 });
    expect(draftOf(record, [success], counting).delta().drop).toEqual(['w500x2:3534451198.c']);
    expect(draftOf(record, [success]).delta().drop).toEqual(['w500x2:3534451198.c']);
  });

  test('names no counter twice', () => {
    const behind = closedRecord({ 'w1000x10:1767225620.c': 1 });
    const delta = draftOf(behind, [outcome('failure', t0 + 20_000), success], counting).delta();
    const names = [...Object.keys(delta.add ?? {}), ...Object.keys(delta.set ?? {}), ...(delta.drop ?? [])];
    expect(new Set(names).size).toBe(names.length);
    expect(delta.add).toHaveProperty(['w1000x10:1767225620.c'], 2);
  });

  test('says nothing of drops where there are none', () => {
    expect(draftOf(closedRecord(), [success], counting).delta()).not.toHaveProperty('drop');
  });
});

describe('what a draft knows', () => {
  test('is the sums of what is in it', () => {
    const draft = draftOf(closedRecord({ [counter.totalFailures]: 5 }), [
      failure,
      success,
      success,
      ignored,
      outcome('failure', t0, true),
    ]);
    expect(draft.totals).toEqual({ failures: 2, successes: 2, ignored: 1, slow: 1 });
    expect(draft.total).toBe(9);
    expect(draftOf(closedRecord({ [counter.totalSuccesses]: 5 }), [failure]).total).toBe(6);
  });

  test('is the run of failures, on from the record until a success', () => {
    const record = closedRecord({ [counter.consecutiveFailures]: 2 });
    expect(draftOf(record, []).consecutiveFailures).toBe(2);
    expect(draftOf(record, [failure]).consecutiveFailures).toBe(3);
    expect(draftOf(record, [success]).consecutiveFailures).toBe(0);
    expect(draftOf(record, [success, failure]).consecutiveFailures).toBe(1);
  });

  test('is each window as of its newest outcome', () => {
    const [long, short] = [timeWindow(10_000, 10), timeWindow(1_000, 10)];
    const trip = anyOfRule([long, short].map((window) => failureCountRule(9, window)));
    const draft = draftOf(closedRecord({ 'w1000x10:1767225599.c': 1 }), [failure], rulesOf({ trip }));
    expect(draft.windowSums(timeWindow(10_000, 10))).toEqual({ calls: 2, failures: 1, slow: 0 });
    expect(draft.windowSums(timeWindow(1_000, 10))).toEqual({ calls: 1, failures: 1, slow: 0 });
  });

  test('is what a rule of the user is asked with: the record as it would be', () => {
    const draft = draftOf(closedRecord({ [counter.totalFailures]: 5 }), [failure]);
    expect(draft.information()).toMatchObject({
      totalFailures: 6,
      consecutiveFailures: 1,
      generation: 7,
      revision: 1_000,
    });
    expect(draftOf(null, [failure]).information()).toMatchObject({ totalFailures: 1, state: 'closed', revision: 0 });
  });
});

describe('a draft is decided', () => {
  test('at the failure that completes the run, with those the record has', () => {
    expect(draftOf(closedRecord({ [counter.consecutiveFailures]: 1 }), [failure]).isDecided()).toBe(false);
    expect(draftOf(closedRecord({ [counter.consecutiveFailures]: 1 }), [failure, failure]).isDecided()).toBe(true);
    expect(draftOf(null, [failure, failure, failure]).isDecided()).toBe(true);
  });

  test('by trials with those the record has', () => {
    expect(draftOf(halfOpenRecord(), [success]).isDecided()).toBe(false);
    expect(draftOf(halfOpenRecord({ [counter.trialsSucceeded]: 1 }), [success]).isDecided()).toBe(true);
    expect(draftOf(halfOpenRecord(), [failure]).isDecided()).toBe(true);
    const sampling = rulesOf({ closing: { kind: 'sample', trials: 4, successRate: 0.5 } });
    expect(draftOf(halfOpenRecord({ [counter.trialsFailed]: 2 }), [failure], sampling).isDecided()).toBe(true);
    expect(draftOf(halfOpenRecord({ [counter.trialsFailed]: 1 }), [failure], sampling).isDecided()).toBe(false);
  });

  test('never while open or under an override: then nothing trips', () => {
    const override = { state: 'closed', reason: null, by: null, until: null } as const;
    expect(draftOf(closedRecord({ [counter.consecutiveFailures]: 9 }, { override }), [failure]).isDecided()).toBe(
      false,
    );
    expect(draftOf(openRecord({ counters: { [counter.consecutiveFailures]: 9 } }), [failure]).isDecided()).toBe(false);
  });

  test('by a rate whose window the outcomes complete', () => {
    const counting = rulesOf({ trip: failureRateOver(10_000) });
    expect(draftOf(closedRecord(), [failure, failure, success], counting).isDecided()).toBe(false);
    expect(draftOf(closedRecord(), [failure, failure, success, success], counting).isDecided()).toBe(true);
  });
});

describe('a draft over a record whose cyclic clear is due', () => {
  const clearing = rulesOf({ cyclicClearAfter: 60_000 });
  const counters = { [counter.consecutiveFailures]: 2, [counter.totalFailures]: 2 };

  test.each([
    [1, true],
    [0, false],
    [-1, false],
  ])('in %i ms counts on what is there: %s', (ms, counts) => {
    const draft = draftOf(closedRecord(counters, { expiresAt: t0 + ms }), [failure], clearing);
    expect(draft.isDecided()).toBe(counts);
    expect(draft.total).toBe(counts ? 3 : 1);
    expect(draft.information().totalFailures).toBe(counts ? 3 : 1);
  });

  test('cuts a batch where the fresh counts decide, though the old ones would have hidden it', () => {
    const rate = rulesOf({ trip: failureRateOver(10_000), cyclicClearAfter: 60_000 });
    const busy = { 'w1000x10:1767225600.c': 1_000 };
    const draft = new Draft(closedRecord(busy, { expiresAt: t0 }), t0, rate);
    expect(mergeOutcomes(draft, [failure, failure, success, success, success])).toBe(4);
  });
});

describe('a batch', () => {
  test('is taken whole where nothing is decided', () => {
    const draft = new Draft(closedRecord(), t0, rules);
    expect(mergeOutcomes(draft, [failure, failure, success, failure])).toBe(4);
    expect(mergeOutcomes(new Draft(null, t0, rules), [])).toBe(0);
  });

  test('is cut before the success that would hide a trip', () => {
    const draft = new Draft(closedRecord({ [counter.consecutiveFailures]: 1 }), t0, rules);
    expect(mergeOutcomes(draft, [failure, failure, success])).toBe(2);
    expect(applyDelta({ [counter.consecutiveFailures]: 1 }, draft.delta())).toMatchObject({
      [counter.consecutiveFailures]: 3,
    });
  });

  test('is cut behind the trial that decides the round', () => {
    expect(mergeOutcomes(new Draft(halfOpenRecord(), t0, rules), [success, success, failure])).toBe(2);
    expect(mergeOutcomes(new Draft(halfOpenRecord(), t0, rules), [failure, success, success])).toBe(1);
  });
});

test('a trial that was given up counts as a trial, and has no ticket to give back', () => {
  const round = halfOpenRecord();
  const draft = new Draft(round, t0, rules, givenUpFenceOf(round));
  draft.add(ignored);
  draft.add(success);
  expect(draft.delta().add).toEqual({
    [counter.consecutiveSuccesses]: 1,
    [counter.totalSuccesses]: 1,
    [counter.totalIgnored]: 1,
    [counter.trialsSucceeded]: 1,
  });
});

describe('counters of a window of calls that is not in the settings', () => {
  const cells = { 'n3:6.c': 1, 'n3:7.c': 1, 'n3:7.f': 1 };
  const note = 'n3:7:1';
  const unlike = { n3: 1, 'name:1.c': 1, 'nothing:': 1 };
  const kinds: [string, Rules][] = [
    ['a window of calls', rulesOf({ trip: failureRateRule(0.5, 1, callsWindow(30)) })],
    ['a window of time', rulesOf({ trip: failureRateOver(10_000) })],
    ['no window', rules],
  ];
  const holding = (counters: Counters, total: number): CircuitRecord =>
    closedRecord({ ...unlike, ...counters, [counter.totalSuccesses]: total });

  test.each(kinds)('stay at first, with a note of how many calls the record had counted: beside %s', (_what, given) => {
    const delta = draftOf(holding(cells, 40), [success, failure], given).delta();
    expect(delta).not.toHaveProperty('drop');
    expect(delta.set).toMatchObject({ [note]: 42 });
  });

  test.each(kinds)(
    'leave, with the note, once 100 calls came since and none of them was theirs: beside %s',
    (_what, given) => {
      const noted = { ...cells, [note]: 40 };
      const before = draftOf(holding(noted, 138), [success], given).delta();
      expect(before).not.toHaveProperty('drop');
      expect(before.set).not.toHaveProperty([note]);
      expect(draftOf(holding(noted, 139), [success], given).delta().drop).toEqual(Object.keys(noted));
    },
  );

  test('leave after as many calls as they are for, where those are more', () => {
    const noted = { 'n250:1.c': 9, 'n250:1:9': 40 };
    expect(draftOf(holding(noted, 288), [success]).delta()).not.toHaveProperty('drop');
    expect(draftOf(holding(noted, 289), [success]).delta().drop).toEqual(Object.keys(noted));
  });

  test.each([
    ['in the same segment', { 'n50:7.c': 2 }, 'n50:7:2'],
    ['in a new one', { 'n50:7.c': 1, 'n50:8.c': 1 }, 'n50:8:1'],
  ])('stay where a call came into them since the note, which is written anew: %s', (_where, now, next) => {
    const delta = draftOf(holding({ ...now, 'n50:7:1': 40 }, 500), [success]).delta();
    expect(delta.drop).toEqual(['n50:7:1']);
    expect(delta.set).toMatchObject({ [next]: 501 });
  });

  test('lose a note to the next write of a worker who counts into them', () => {
    const own = rulesOf({ trip: failureRateRule(0.5, 1, callsWindow(3)) });
    const delta = draftOf(holding({ ...cells, [note]: 40 }, 41), [success], own).delta();
    expect(delta.drop).toContain(note);
    expect(delta.set).not.toHaveProperty([note]);
  });

  test('are dropped at once where nobody could have written them', () => {
    expect(draftOf(holding({ 'n3:odd': 2, 'n3:7:1': 1 }, 1), [success]).delta().drop).toEqual(['n3:odd', 'n3:7:1']);
    expect(draftOf(halfOpenRecord(cells), [success]).delta()).not.toHaveProperty('drop');
  });
});
