import { describe, expect, test } from '@jest/globals';
import { applyDelta } from '@circuitry/core';
import { admit, holdsTicket, renewLease, returnTicket } from '../../src/machine/admission.js';
import { counter } from '../../src/machine/counter-names.js';
import { allowAfter, closedRecord, halfOpenRecord, openRecord, rulesOf, t0, trialLease } from '../support/machine.js';

const rules = rulesOf();
const openEnd = t0 - 5_000 + allowAfter;
const roundEnd = t0 - 5_000 + trialLease;

describe('a closed circuit', () => {
  test('that has no record admits', () => {
    expect(admit(null, t0, rules)).toEqual({ kind: 'admit' });
  });

  test('admits while the trip rule is not met', () => {
    expect(admit(closedRecord({ [counter.consecutiveFailures]: 2 }), t0, rules)).toEqual({ kind: 'admit' });
  });

  test('whose trip nobody stored asks the start to store it first', () => {
    expect(admit(closedRecord({ [counter.consecutiveFailures]: 3 }), t0, rules)).toMatchObject({
      kind: 'store',
      transition: { reason: 'tripped', ticket: false },
    });
  });

  test.each([-1, 0, 1])('whose cyclic clear is due in %i ms only admits, and stores nothing', (ms) => {
    const record = closedRecord({ [counter.consecutiveFailures]: 2 }, { expiresAt: t0 + ms });
    expect(admit(record, t0, rulesOf({ cyclicClearAfter: 1_000 }))).toEqual({ kind: 'admit' });
  });
});

describe('an open circuit', () => {
  test('refuses until one ms before its end, and says when to come again', () => {
    expect(admit(openRecord(), openEnd - 1, rules)).toEqual({ kind: 'refuse', because: 'open', until: openEnd });
  });

  test.each([0, 1])('asks for a round of trials %i ms after its end', (ms) => {
    expect(admit(openRecord(), openEnd + ms, rules)).toMatchObject({
      kind: 'store',
      transition: { reason: 'trial-round', ticket: true },
    });
  });
});

describe('a half-open circuit', () => {
  test('offers a ticket while the round has some, and with it a lease from now on', () => {
    expect(admit(halfOpenRecord(), t0, rules)).toEqual({
      kind: 'ticket',
      delta: { add: { [counter.trialsStarted]: 1 }, set: { [counter.trialsDeadline]: t0 + trialLease } },
    });
  });

  test.each([2, 3])('refuses until the round ends once %i of its 2 tickets are taken', (started) => {
    expect(admit(halfOpenRecord({ [counter.trialsStarted]: started }), t0, rules)).toEqual({
      kind: 'refuse',
      because: 'trials',
      until: roundEnd,
    });
  });

  test('counts a round without any ticket taken, or without a limit, as it stands', () => {
    const { [counter.trialsStarted]: _started, ...untaken } = halfOpenRecord().counters;
    expect(admit(halfOpenRecord({}, { counters: untaken }), t0, rules).kind).toBe('ticket');
    const { [counter.trialsLimit]: _limit, ...unlimited } = halfOpenRecord().counters;
    expect(admit(halfOpenRecord({}, { counters: unlimited }), t0, rules).kind).toBe('refuse');
  });

  test('is over when the later of the round and its renewed lease is over', () => {
    const renewed = halfOpenRecord({ [counter.trialsStarted]: 2, [counter.trialsDeadline]: roundEnd + 500 });
    expect(admit(renewed, roundEnd + 499, rules)).toEqual({ kind: 'refuse', because: 'trials', until: roundEnd + 500 });
    expect(admit(renewed, roundEnd + 500, rules)).toMatchObject({ kind: 'store', transition: { reason: 'new-round' } });
    const early = halfOpenRecord({ [counter.trialsStarted]: 2, [counter.trialsDeadline]: roundEnd - 500 });
    expect(admit(early, roundEnd - 1, rules)).toMatchObject({ kind: 'refuse', until: roundEnd });
    expect(admit(early, roundEnd, rules)).toMatchObject({ kind: 'store', transition: { reason: 'new-round' } });
  });

  test('that is decided asks the start to store that first', () => {
    const closed = halfOpenRecord({ [counter.trialsSucceeded]: 2 });
    expect(admit(closed, t0, rules)).toMatchObject({ kind: 'store', transition: { reason: 'trials-succeeded' } });
    const failed = halfOpenRecord({ [counter.trialsFailed]: 1 });
    expect(admit(failed, t0, rules)).toMatchObject({ kind: 'store', transition: { reason: 'trials-failed' } });
  });
});

describe('an override', () => {
  const forced = (state: 'open' | 'closed', until: number | null): ReturnType<typeof closedRecord> =>
    closedRecord({ [counter.consecutiveFailures]: 9 }, { override: { state, reason: null, by: null, until } });

  test('that forces open refuses, until its end or for ever', () => {
    expect(admit(forced('open', t0 + 1), t0, rules)).toEqual({ kind: 'refuse', because: 'forced', until: t0 + 1 });
    expect(admit(forced('open', null), t0, rules)).toEqual({ kind: 'refuse', because: 'forced', until: null });
  });

  test('that forces closed admits whatever the counts say', () => {
    expect(admit(forced('closed', null), t0, rules)).toEqual({ kind: 'admit' });
  });

  test.each([0, 1])('lapses by the first start %i ms after its end', (ms) => {
    expect(admit(forced('open', t0), t0 + ms, rules)).toMatchObject({
      kind: 'store',
      transition: { reason: 'override-lapsed', from: 'open', to: 'closed' },
    });
  });

  test('wins over every stored state', () => {
    const override = { state: 'closed', reason: null, by: null, until: null } as const;
    expect(admit(openRecord({ override }), t0, rules)).toEqual({ kind: 'admit' });
    expect(admit(halfOpenRecord({}, { override }), t0, rules)).toEqual({ kind: 'admit' });
  });
});

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

  test('is renewed from now on, in whole milliseconds', () => {
    expect(renewLease(t0 + 0.7, rules)).toEqual({ set: { [counter.trialsDeadline]: t0 + trialLease } });
  });
});
