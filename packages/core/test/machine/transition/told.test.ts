import { describe, expect, test } from '@jest/globals';
import { applyDelta, meetsExpectation, type CircuitRecord } from '@circuitry/core';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { Draft } from '../../../src/machine/counting/draft.js';
import type { Outcome } from '../../../src/machine/facts/outcome.js';
import { reportWrite } from '../../../src/machine/counting/report.js';
import { mergeOutcomes } from '../../support/merge-outcomes.js';
import { firstStep } from '../../../src/machine/steps/start-steps.js';
import { decidedTransition, dueTransition, effectiveRecord } from '../../../src/machine/transition/transition.js';
import { ttlOf } from '../../../src/machine/record/ends.js';
import {
  calmPeriod,
  closedRecord,
  failure,
  halfOpenRecord,
  maxOpenFor,
  openRecord,
  outcome,
  retention,
  rulesOf,
  success,
  t0,
} from '../../support/machine.js';
import { MachineCircuit } from '../../support/machine-circuit.js';

const rules = rulesOf();
const minute = 60_000;

function told(openFor: number, at: number = t0): Outcome {
  return { ...failure, at, openFor, failure: 'HTTPError 429' };
}

function deltaOf(record: CircuitRecord | null, outcomes: readonly Outcome[]): ReturnType<Draft['delta']> {
  const draft = new Draft(record, t0, rules);
  for (const each of outcomes) draft.add(each);
  return draft.delta();
}

describe('a failure that tells to wait', () => {
  test('says until when, in the same write, from when it came', () => {
    expect(deltaOf(closedRecord(), [told(minute, t0 - 10)]).set).toMatchObject({
      [counter.toldUntil]: t0 + minute - 10,
    });
    expect(deltaOf(null, [told(minute)]).set).toMatchObject({ [counter.toldUntil]: t0 + minute });
  });

  test('never makes a wait shorter that is known', () => {
    const waiting = closedRecord({ [counter.toldUntil]: t0 + minute });
    expect(deltaOf(waiting, [told(minute - 1)]).set).not.toHaveProperty(counter.toldUntil);
    expect(deltaOf(waiting, [told(minute + 1)]).set).toMatchObject({ [counter.toldUntil]: t0 + minute + 1 });
    expect(deltaOf(closedRecord(), [told(minute), told(1_000)]).set).toMatchObject({
      [counter.toldUntil]: t0 + minute,
    });
  });

  test('says nothing if its time is over when it comes', () => {
    expect(deltaOf(closedRecord(), [told(10, t0 - 10)]).set).not.toHaveProperty(counter.toldUntil);
    expect(deltaOf(closedRecord(), [told(11, t0 - 10)]).set).toMatchObject({ [counter.toldUntil]: t0 + 1 });
  });

  test('cuts its batch, whatever comes behind it', () => {
    const draft = new Draft(closedRecord(), t0, rules);
    expect(mergeOutcomes(draft, [success, told(minute), success])).toBe(2);
    const waiting = new Draft(closedRecord({ [counter.toldUntil]: t0 + 1 }), t0, rules);
    expect(mergeOutcomes(waiting, [success, success])).toBe(1);
    const over = new Draft(closedRecord({ [counter.toldUntil]: t0 }), t0, rules);
    expect(mergeOutcomes(over, [success, success])).toBe(2);
  });

  test('opens the circuit at once, until then, with what is known of it', () => {
    const circuit = new MachineCircuit(rules, closedRecord());
    circuit.end({ state: 'closed', since: t0 - 5_000 }, [told(minute)], t0);
    expect(circuit.record).toMatchObject({
      state: 'open',
      generation: 8,
      openings: 1,
      since: t0,
      expiresAt: t0 + minute,
      lastFailure: 'HTTPError 429',
      counters: {},
    });
    expect(circuit.start(t0 + minute - 1)).toEqual({ kind: 'refused', because: 'open', until: t0 + minute });
    expect(circuit.start(t0 + minute).kind).toBe('admitted');
  });

  test.each([
    ['a round', rules],
    ['a sample', rulesOf({ closing: { kind: 'sample', trials: 10, successRate: 0.1 } })],
  ])('reopens %s at once, within its incident', (_name, given) => {
    const round = halfOpenRecord({ [counter.trialsSucceeded]: 1 }, { openings: 2, lastFailure: 'before' });
    const circuit = new MachineCircuit(given, round);
    circuit.end({ state: 'half-open', since: t0 - 5_000 }, [told(minute)], t0);
    expect(circuit.record).toMatchObject({ state: 'open', generation: 7, openings: 3, expiresAt: t0 + minute });
  });

  test('changes nothing under an override', () => {
    const override = { state: 'closed', reason: null, by: null, until: null } as const;
    const forced = closedRecord({ [counter.toldUntil]: t0 + minute }, { override });
    expect(deltaOf(forced, [told(2 * minute)]).set).not.toHaveProperty(counter.toldUntil);
    expect(dueTransition(forced, t0, rules)).toBeNull();
    const draft = new Draft(forced, t0, rules);
    draft.add(told(2 * minute));
    expect(draft.isDecided()).toBe(false);
  });
});

describe('a wait that is stored', () => {
  const waiting = closedRecord({ [counter.toldUntil]: t0 + minute });

  test('is finished by a reader, whose predecessor died', () => {
    expect(firstStep(waiting, t0 + minute - 1, rules)).toMatchObject({
      kind: 'store',
      transition: {
        reason: 'told',
        from: 'closed',
        to: 'open',
        next: { expiresAt: t0 + minute, lastFailure: null },
        expect: { [counter.toldUntil]: t0 + minute },
      },
    });
    expect(effectiveRecord(waiting, t0, rules)).toMatchObject({ state: 'open', expiresAt: t0 + minute });
    expect(firstStep(halfOpenRecord({ [counter.toldUntil]: t0 + 1 }), t0, rules)).toMatchObject({
      transition: { reason: 'told', from: 'half-open' },
    });
  });

  test('decides nothing once it is over', () => {
    expect(dueTransition(waiting, t0 + minute, rules)).toBeNull();
    expect(decidedTransition(halfOpenRecord({ [counter.toldUntil]: t0 }), t0, rules)).toBeNull();
  });

  test('is never longer than the rules allow', () => {
    const long = closedRecord({ [counter.toldUntil]: t0 + 10 * maxOpenFor });
    expect(dueTransition(long, t0, rules)?.next.expiresAt).toBe(t0 + maxOpenFor);
  });

  test('says nothing to a circuit that is open already', () => {
    const open = openRecord({ counters: { [counter.toldUntil]: t0 + minute } });
    expect(dueTransition(open, t0, rules)).toBeNull();
    expect(new Draft(open, t0, rules).isDecided()).toBe(false);
  });

  test('comes before a trip, a close and a cyclic clear', () => {
    const tripped = closedRecord({ ...waiting.counters, [counter.consecutiveFailures]: 3 }, { expiresAt: t0 });
    expect(decidedTransition(tripped, t0, rules)?.reason).toBe('told');
    const succeeded = halfOpenRecord({ [counter.toldUntil]: t0 + 1, [counter.trialsSucceeded]: 2 });
    expect(decidedTransition(succeeded, t0, rules)?.reason).toBe('told');
  });

  test('survives a cyclic clear, which must not pass where it moved', () => {
    const due = { ...waiting, expiresAt: t0 };
    const clearing = rulesOf({ cyclicClearAfter: minute });
    const draft = new Draft(due, t0, clearing);
    draft.add(success);
    const write = reportWrite(due, draft, t0, clearing, true);
    expect(write).toMatchObject({
      reason: 'cleared',
      next: { counters: { [counter.toldUntil]: t0 + minute, [counter.totalSuccesses]: 1 } },
      expect: { [counter.toldUntil]: t0 + minute },
    });
    const over = { ...due, counters: { [counter.toldUntil]: t0 } };
    const cleared = new Draft(over, t0, clearing);
    cleared.add(success);
    const next = reportWrite(over, cleared, t0, clearing, true);
    expect(next.kind === 'store' && next.next.counters).not.toHaveProperty(counter.toldUntil);
  });

  test('outlives the worker who wrote it: so does its record', () => {
    expect(ttlOf(waiting, t0, rules)).toBe(minute + retention);
    expect(ttlOf(closedRecord(), t0, rules, { set: { [counter.toldUntil]: t0 + minute } })).toBe(minute + retention);
    const long = closedRecord({ [counter.toldUntil]: t0 + 10 * maxOpenFor });
    expect(ttlOf(long, t0, rules)).toBe(maxOpenFor + retention);
  });
});

describe('waits that several workers were told at once, each on a record that is out of date,', () => {
  const calm = closedRecord();
  const wait = (ms: number): string => `told.${t0 + ms}`;

  function after(...waits: readonly number[]): CircuitRecord {
    const counters = waits.reduce((all, ms) => applyDelta(all, deltaOf(calm, [told(ms)])), calm.counters);
    return { ...calm, counters };
  }

  test.each([[[minute, 1_000]], [[1_000, minute]], [[1_000, minute, 2_000, 1_000]]])(
    'hold as long as the longest of them, in any order: %j',
    (waits) => {
      const record = after(...waits);
      expect(record.counters[counter.toldUntil]).toBe(t0 + (waits.at(-1) as number));
      expect(decidedTransition(record, t0, rules)?.next.expiresAt).toBe(t0 + minute);
      expect(new Draft(record, t0, rules).isDecided()).toBe(true);
      expect(ttlOf(record, t0, rules)).toBe(minute + retention);
      expect(dueTransition(record, t0 + minute, rules)?.reason).not.toBe('told');
    },
  );

  test('open nothing that a worker found who has not seen them all, though `told.until` says what it said', () => {
    const found = decidedTransition(after(1_000), t0, rules)?.expect;
    expect(found).toEqual({ [counter.toldUntil]: t0 + 1_000, [wait(1_000)]: 1 });
    expect(meetsExpectation(after(1_000).counters, found)).toBe(true);
    const meanwhile = after(1_000, minute, 1_000).counters;
    expect(meanwhile).toMatchObject({ [counter.toldUntil]: t0 + 1_000, [wait(1_000)]: 2, [wait(minute)]: 1 });
    expect(meetsExpectation(meanwhile, found)).toBe(false);
  });

  test('survive a cyclic clear together', () => {
    const clearing = rulesOf({ cyclicClearAfter: minute });
    const due = { ...after(minute, 1_000), expiresAt: t0 };
    const draft = new Draft(due, t0, clearing);
    draft.add(success);
    expect(reportWrite(due, draft, t0, clearing, true)).toMatchObject({
      next: { counters: { [counter.toldUntil]: t0 + minute, [wait(minute)]: 1 } },
      expect: { [counter.toldUntil]: t0 + 1_000, [wait(minute)]: 1, [wait(1_000)]: 1 },
    });
  });

  test('leave the record with the next write once they are over, each by its name', () => {
    const record = after(1_000, minute, 2_000);
    const draft = new Draft(record, t0 + 2_000, rules);
    draft.add({ ...success, at: t0 + 2_000 });
    expect([...(draft.delta().drop ?? [])].sort()).toEqual([wait(1_000), wait(2_000)]);
    const stranger = closedRecord({ [counter.toldUntil]: t0, 'told.soon': t0 + minute });
    expect(dueTransition(stranger, t0, rules)?.next.expiresAt).toBe(t0 + minute);
  });
});

describe('openings', () => {
  const tripped = { [counter.consecutiveFailures]: 3 };

  test.each([
    [calmPeriod - 1, 4],
    [calmPeriod, 1],
  ])('of a circuit that closed %i ms before it trips again are %i', (ms, openings) => {
    const closed = closedRecord(tripped, { since: t0 - ms, openings: 3 });
    expect(decidedTransition(closed, t0, rules)?.next.openings).toBe(openings);
  });

  test('begin at 1 where nothing opened before', () => {
    expect(decidedTransition(closedRecord(tripped, { since: t0 }), t0, rules)?.next.openings).toBe(1);
  });

  test('are kept by a close, and grow by what a dependency told', () => {
    const round = halfOpenRecord({ [counter.trialsSucceeded]: 2 }, { openings: 3 });
    const close = decidedTransition(round, t0, rules);
    expect(close?.next).toMatchObject({ state: 'closed', openings: 3, lastFailure: null });
    const again = { ...closedRecord({ [counter.toldUntil]: t0 + minute }), ...{ since: t0, openings: 3 } };
    expect(decidedTransition(again, t0, rules)?.next.openings).toBe(4);
  });
});

test('what is known of the newest failure is told, kept through rounds, and replaced by a newer one', () => {
  const draft = new Draft(closedRecord(), t0, rules);
  expect(draft.lastFailure).toBeNull();
  draft.add({ ...failure, failure: 'first' });
  draft.add({ ...failure, failure: 'second' });
  draft.add(outcome('success'));
  expect(draft.lastFailure).toBe('second');
  const failed = halfOpenRecord({ [counter.trialsFailed]: 1 }, { lastFailure: 'before' });
  expect(decidedTransition(failed, t0, rules, 'after')?.next.lastFailure).toBe('after');
  expect(decidedTransition(failed, t0, rules)?.next.lastFailure).toBe('before');
  const open = openRecord({ lastFailure: 'before' });
  expect(dueTransition(open, t0 + 60_000, rules)?.next.lastFailure).toBe('before');
});

test('the pause is asked for with what opened the circuit', () => {
  const asked: unknown[] = [];
  const asking = rulesOf({ allowAfter: (...given) => (asked.push(given), 1_000) });
  decidedTransition(closedRecord({ [counter.consecutiveFailures]: 3 }), t0, asking, 'HTTP 503');
  decidedTransition(halfOpenRecord({ [counter.trialsFailed]: 1 }, { lastFailure: 'before' }), t0, asking);
  expect(asked).toEqual([
    [1, 'HTTP 503'],
    [2, 'before'],
  ]);
});
