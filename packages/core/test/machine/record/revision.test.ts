import { describe, expect, test } from '@jest/globals';
import { checkRecord } from '@circuitry/core';
import { momentAfter, momentOf } from '../../../src/machine/facts/moment.js';
import { nextSince, stamped } from '../../../src/machine/record/revision.js';
import { closedRecord, rulesOf, t0 } from '../../support/machine.js';

const { revision: _revision, by: _by, ...next } = closedRecord();

describe('a revision', () => {
  test('is the time in 1/1024 ms, its last part by chance', () => {
    expect(stamped(next, null, t0, { chance: 0, by: 'a' }).revision).toBe(t0 * 1_024);
    expect(stamped(next, null, t0 + 0.9, { chance: 0.5, by: 'a' }).revision).toBe(t0 * 1_024 + 512);
    expect(stamped(next, null, t0, { chance: 0.9999999, by: 'a' }).revision).toBe(t0 * 1_024 + 1_023);
  });

  test('grows when the clock stands still or steps back', () => {
    const previous = closedRecord({}, { revision: t0 * 1_024 + 700 });
    expect(stamped(next, previous, t0, { chance: 0, by: 'a' }).revision).toBe(t0 * 1_024 + 701);
    expect(stamped(next, previous, t0 - 60_000, { chance: 0, by: 'a' }).revision).toBe(t0 * 1_024 + 701);
    expect(stamped(next, previous, t0 + 1, { chance: 0, by: 'a' }).revision).toBe((t0 + 1) * 1_024);
  });

  test('does not start again at a small number after the record expired or was flushed', () => {
    const before = stamped(next, null, t0, { chance: 0.5, by: 'a' });
    expect(stamped(next, null, t0 + 1, { chance: 0, by: 'b' }).revision).toBeGreaterThan(before.revision);
  });

  test('is a positive safe integer whatever the clock says, with room to grow', () => {
    for (const now of [-1e15, -1, 0, 1e15, 1e300, Infinity]) {
      const record = stamped(next, null, now, { chance: 0, by: 'a' });
      expect(() => checkRecord('any', record)).not.toThrow();
      expect(record.revision + 2 ** 39).toBeLessThan(Number.MAX_SAFE_INTEGER);
    }
    expect(stamped(next, null, 0, { chance: 0, by: 'a' }).revision).toBe(1);
    expect(stamped(next, null, 1e300, { chance: 0, by: 'a' }).revision).toBe(Number.MAX_SAFE_INTEGER - 2 ** 40);
  });

  test('comes with the mark of its store call, and changes nothing else', () => {
    expect(stamped(next, closedRecord(), t0, { chance: 0, by: 'me' })).toEqual({
      ...next,
      revision: t0 * 1_024,
      by: 'me',
    });
  });
});

test('a state begins now, in whole ms, but always after the one before it', () => {
  expect(nextSince(null, t0 + 0.9, rulesOf())).toBe(t0);
  expect(nextSince(null, 0, rulesOf())).toBe(1);
  expect(nextSince(closedRecord({}, { since: t0 - 1 }), t0, rulesOf())).toBe(t0);
  expect(nextSince(closedRecord({}, { since: t0 }), t0, rulesOf())).toBe(t0 + 1);
  expect(nextSince(closedRecord({}, { since: t0 + 9 }), t0, rulesOf())).toBe(t0 + 10);
});

test('a moment that a record holds is a whole number of ms between the epoch and the end of all dates', () => {
  expect(momentOf(t0 + 0.9)).toBe(t0);
  expect(momentOf(-5)).toBe(0);
  expect(momentOf(Infinity)).toBe(8.64e15);
  expect(momentAfter(t0 + 0.9, 10)).toBe(t0 + 10);
  expect(momentAfter(t0, 1e300)).toBe(8.64e15);
  expect(momentAfter(-100, 10)).toBe(0);
  expect(new Date(momentAfter(t0, Number.MAX_SAFE_INTEGER)).getTime()).not.toBeNaN();
});
