import { describe, expect, test } from '@jest/globals';
import { applyDelta, meetsExpectation, type CircuitRecord } from '@circuitry/core';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { Draft } from '../../../src/machine/counting/draft.js';
import type { Outcome } from '../../../src/machine/facts/outcome.js';
import { mattersToFailures, reportWrite, type ReportWrite } from '../../../src/machine/counting/report.js';
import {
  closedRecord,
  failure,
  failureRateOver,
  halfOpenRecord,
  ignored,
  openRecord,
  rulesOf,
  success,
  t0,
} from '../../support/machine.js';

const rules = rulesOf();
const clearing = rulesOf({ cyclicClearAfter: 60_000 });

function write(
  record: CircuitRecord | null,
  outcomes: readonly Outcome[],
  given = rules,
  mayAdopt = true,
): ReportWrite {
  const draft = new Draft(record, t0, given);
  for (const each of outcomes) draft.add(each);
  return reportWrite(record, draft, t0, given, mayAdopt);
}

describe("a circuit's first end", () => {
  test('creates a record that is closed ever since', () => {
    expect(write(null, [failure])).toEqual({
      kind: 'store',
      reason: 'created',
      next: {
        state: 'closed',
        generation: 0,
        openings: 0,
        since: 0,
        expiresAt: null,
        override: null,
        lastFailure: null,
        counters: { [counter.consecutiveFailures]: 1, [counter.consecutiveSuccesses]: 0, [counter.totalFailures]: 1 },
      },
    });
  });

  test('begins the period of its cyclic clear', () => {
    expect(write(null, [success], clearing)).toMatchObject({ reason: 'created', next: { expiresAt: t0 + 60_000 } });
  });
});

test('an end is an increment on the revision that was seen', () => {
  expect(write(closedRecord(), [failure])).toEqual({
    kind: 'apply',
    revision: 1_000,
    delta: {
      add: { [counter.consecutiveFailures]: 1, [counter.totalFailures]: 1 },
      set: { [counter.consecutiveSuccesses]: 0 },
    },
  });
});

describe('the first end after a cyclic clear is due', () => {
  const record = closedRecord(
    { [counter.totalFailures]: 7, [counter.consecutiveFailures]: 2 },
    { openings: 1, expiresAt: t0 },
  );

  test('stores the clear together with its outcome, and keeps the fence', () => {
    expect(write(record, [failure], clearing)).toEqual({
      kind: 'store',
      reason: 'cleared',
      next: {
        ...record,
        generation: 8,
        expiresAt: t0 + 60_000,
        counters: { [counter.consecutiveFailures]: 1, [counter.consecutiveSuccesses]: 0, [counter.totalFailures]: 1 },
      },
      expect: { [counter.toldUntil]: 0 },
    });
  });

  test('is one ms before it still an increment', () => {
    expect(write({ ...record, expiresAt: t0 + 1 }, [failure], clearing).kind).toBe('apply');
    expect(write({ ...record, expiresAt: t0 - 1 }, [failure], clearing)).toMatchObject({ reason: 'cleared' });
  });

  test('clears once, however many periods passed', () => {
    const long = { ...record, expiresAt: t0 - 10 * 60_000 };
    expect(write(long, [failure], clearing)).toMatchObject({ next: { generation: 8, expiresAt: t0 + 60_000 } });
  });

  test('keeps no window of before', () => {
    const rate = rulesOf({ trip: failureRateOver(10_000), cyclicClearAfter: 60_000 });
    const windowed = { ...record, counters: { 'w1000x10:1767225599.c': 9, 'w1000x10:1767225500.c': 9 } };
    const cleared = write(windowed, [success], rate);
    expect(cleared.kind === 'store' && cleared.next.counters).toEqual({
      [counter.consecutiveFailures]: 0,
      [counter.consecutiveSuccesses]: 1,
      [counter.totalSuccesses]: 1,
      'w1000x10:1767225600.c': 1,
    });
  });

  test('keeps none of the counts either that a draft made before it was due added to', () => {
    const draft = new Draft({ ...record, expiresAt: t0 + 1 }, t0, clearing);
    draft.add(failure);
    const cleared = reportWrite(record, draft, t0 + 1, clearing, true);
    expect(cleared.kind === 'store' && cleared.next.counters[counter.totalFailures]).toBe(1);
  });

  test('ends the clearing where the settings have no period any more', () => {
    expect(write(record, [failure], rules)).toMatchObject({ reason: 'cleared', next: { expiresAt: null } });
  });
});

describe('a record made before the cyclic clear was configured', () => {
  const record = closedRecord({ [counter.totalFailures]: 7 }, { openings: 0 });

  test('gets its period with the next end, its counts carried over and fenced', () => {
    const adopted = write(record, [failure], clearing);
    expect(adopted).toMatchObject({
      kind: 'store',
      reason: 'period-adopted',
      next: {
        state: 'closed',
        generation: 7,
        since: record.since,
        expiresAt: t0 + 60_000,
        counters: { [counter.totalFailures]: 8, [counter.consecutiveFailures]: 1, [counter.consecutiveSuccesses]: 0 },
      },
      expect: { [counter.totalFailures]: 7, [counter.totalSuccesses]: 0, [counter.totalIgnored]: 0 },
    });
  });

  test.each([[[failure]], [[success]], [[ignored]]])(
    'does not get it over an outcome that came meanwhile',
    (outcomes) => {
      const adopted = write(record, [success], clearing);
      const draft = new Draft(record, t0, clearing);
      for (const each of outcomes) draft.add(each);
      const expectation = adopted.kind === 'store' ? adopted.expect : undefined;
      expect(meetsExpectation(record.counters, expectation)).toBe(true);
      const moved = applyDelta(record.counters, draft.delta());
      expect(meetsExpectation(moved, expectation)).toBe(false);
    },
  );

  test('waits for another end where the first lost its store, or where it is no plain closed record', () => {
    const override = { state: 'closed', reason: null, by: null, until: null } as const;
    expect(write(record, [failure], clearing, false).kind).toBe('apply');
    expect(write({ ...record, override }, [failure], clearing).kind).toBe('apply');
    expect(write(halfOpenRecord(), [failure], clearing).kind).toBe('apply');
    expect(write(openRecord(), [failure], clearing).kind).toBe('apply');
    expect(write({ ...record, expiresAt: t0 + 5 }, [failure], clearing).kind).toBe('apply');
    expect(write(record, [failure], rules).kind).toBe('apply');
  });
});

describe("with counting 'failures' an outcome is written", () => {
  test.each([
    ['a failure in a healthy circuit', failure, closedRecord(), true],
    ['a failure without a record', failure, null, true],
    ['a success without a record', success, null, false],
    ['a success in a healthy circuit', success, closedRecord(), false],
    ['a success after failures', success, closedRecord({ [counter.consecutiveFailures]: 1 }), true],
    ['a success after failures that another ended', success, closedRecord({ [counter.consecutiveFailures]: 0 }), false],
    ['a trial', success, halfOpenRecord(), true],
    ['a success while open', success, openRecord(), false],
    ['an ignored call in a healthy circuit', ignored, closedRecord(), false],
  ])('for %s', (_what, each, record, matters) => {
    expect(mattersToFailures(each.kind, record)).toBe(matters);
  });
});

test('a clear of a record that a clock ahead has written leaves that beginning, or it would be due at each end', () => {
  const record = closedRecord({}, { since: t0 + 3_600_000, expiresAt: t0 + 3_660_000 });
  expect(write(record, [failure], clearing)).toMatchObject({ reason: 'cleared', next: { since: t0 } });
});
