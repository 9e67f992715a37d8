import { describe, expect, test } from '@jest/globals';
import { applyDelta } from '@circuitry/core';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { holdsTicket, renewLease, returnTicket, takeTicket } from '../../../src/machine/record/tickets.js';
import { closedRecord, halfOpenRecord, longestTrial, rulesOf, t0, trialLease } from '../../support/machine.js';

const rules = rulesOf();

describe('a ticket', () => {
  test.each([
    [1, 2, true],
    [2, 2, true],
    [3, 2, false],
  ])('that is number %i of %i is valid: %s', (started, limit, valid) => {
    const after = halfOpenRecord({ [counter.trialsStarted]: started, [counter.trialsLimit]: limit });
    expect(holdsTicket(after)).toBe(valid);
  });

  test('is valid by the counter in the answer alone: without a limit none is', () => {
    expect(holdsTicket(closedRecord({ [counter.trialsStarted]: 1 }))).toBe(false);
    expect(holdsTicket(closedRecord())).toBe(true);
  });

  test('that is one too many is given back by taking one off', () => {
    expect(returnTicket).toEqual({ add: { [counter.trialsStarted]: -1 } });
    expect(applyDelta({ [counter.trialsStarted]: 3 }, returnTicket)).toEqual({ [counter.trialsStarted]: 2 });
  });

  test('is taken with a lease from now on', () => {
    expect(takeTicket(halfOpenRecord(), t0, rules)).toEqual({
      add: { [counter.trialsStarted]: 1 },
      set: { [counter.trialsDeadline]: t0 + trialLease },
    });
  });
});

describe('a lease', () => {
  test('is renewed from now on, in whole milliseconds', () => {
    expect(renewLease(halfOpenRecord(), t0 + 0.7, rules)).toEqual({
      set: { [counter.trialsDeadline]: t0 + trialLease },
    });
  });

  test('that is shorter than another trial has renewed never brings the deadline of the round nearer', () => {
    const shorter = rulesOf({ trialLease: 1_000, longestTrial: 20_000 });
    const renewed = halfOpenRecord({ [counter.trialsDeadline]: t0 + 9_000 });
    expect(renewLease(renewed, t0, shorter)).toEqual({ set: { [counter.trialsDeadline]: t0 + 9_000 } });
    expect(takeTicket(renewed, t0, shorter).set).toEqual({ [counter.trialsDeadline]: t0 + 9_000 });
  });

  test('that is longer than the one of the round is told to the others, who would not believe its deadline', () => {
    const longer = rulesOf({ trialLease: trialLease + 1 });
    expect(renewLease(halfOpenRecord(), t0, longer)).toEqual({
      set: { [counter.trialsDeadline]: t0 + trialLease + 1, [counter.trialsLease]: trialLease + 1 },
    });
    const known = halfOpenRecord({ [counter.trialsLease]: trialLease + 1 });
    expect(renewLease(known, t0, longer)).toEqual({ set: { [counter.trialsDeadline]: t0 + trialLease + 1 } });
  });

  test.each([
    [0, t0 + longestTrial + 5_000],
    [1, t0 + trialLease],
  ])('replaces a deadline that a clock ahead has set: %i ms beyond what can be', (ms, deadline) => {
    const round = halfOpenRecord({ [counter.trialsDeadline]: t0 + longestTrial + 5_000 + ms });
    expect(renewLease(round, t0, rules)).toEqual({ set: { [counter.trialsDeadline]: deadline } });
  });
});
