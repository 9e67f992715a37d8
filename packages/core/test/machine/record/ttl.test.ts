import { expect, test } from '@jest/globals';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { ttlOf } from '../../../src/machine/record/ends.js';
import {
  allowAfter,
  closedRecord,
  halfOpenRecord,
  openRecord,
  retention,
  rulesOf,
  t0,
  trialLease,
} from '../../support/machine.js';

const rules = rulesOf();
const override = { state: 'open', reason: null, by: null, until: null } as const;

test('a closed record lives for the retention after each write', () => {
  expect(ttlOf(closedRecord(), t0, rules)).toBe(retention);
});

test('a closed record outlives its next cyclic clear', () => {
  expect(ttlOf(closedRecord({}, { expiresAt: t0 + 500 }), t0, rules)).toBe(500 + retention);
});

test('an open record outlives its open time, or it would expire into a closed one', () => {
  expect(ttlOf(openRecord(), t0, rules)).toBe(allowAfter - 5_000 + retention);
});

test('a state whose end is past lives for the retention', () => {
  expect(ttlOf(openRecord(), t0 + 10 * allowAfter, rules)).toBe(retention);
});

test('a round outlives the later of its end and its renewed lease', () => {
  expect(ttlOf(halfOpenRecord(), t0, rules)).toBe(trialLease - 5_000 + retention);
  expect(ttlOf(halfOpenRecord({ [counter.trialsDeadline]: t0 + 9_000 }), t0, rules)).toBe(9_000 + retention);
});

test('a round outlives the lease that the same write sets', () => {
  const delta = { set: { [counter.trialsDeadline]: t0 + trialLease } };
  expect(ttlOf(halfOpenRecord(), t0, rules, delta)).toBe(trialLease + retention);
  expect(ttlOf(halfOpenRecord(), t0, rules, { add: { [counter.trialsStarted]: -1 } })).toBe(
    trialLease - 5_000 + retention,
  );
  expect(ttlOf(halfOpenRecord({ [counter.trialsDeadline]: t0 + 20_000 }), t0, rules, delta)).toBe(20_000 + retention);
});

test('an override outlives every ttl: for ever without an end, else until its end and the retention', () => {
  expect(ttlOf(closedRecord({}, { override }), t0, rules)).toBe(Infinity);
  expect(ttlOf(closedRecord({}, { override: { ...override, until: t0 + 1 } }), t0, rules)).toBe(1 + retention);
});

test('a ttl is rounded up to whole milliseconds', () => {
  expect(ttlOf(openRecord({ expiresAt: t0 + 10 }), t0 + 0.5, rules)).toBe(10 + retention);
});
