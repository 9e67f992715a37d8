import { describe, expect, test } from '@jest/globals';
import type { CircuitRecord } from '@circuitry/core';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { firstStep, nextStep, type StartWrite, type WriteAnswer } from '../../../src/machine/steps/start-steps.js';
import { returnTicket } from '../../../src/machine/record/tickets.js';
import {
  allowAfter,
  closedRecord,
  halfOpenRecord,
  openRecord,
  rulesOf,
  t0,
  trialLease,
} from '../../support/machine.js';

const rules = rulesOf();
const openEnd = t0 - 5_000 + allowAfter;
const roundEnd = t0 - 5_000 + trialLease;

describe('a closed circuit', () => {
  test('that has no record admits', () => {
    expect(firstStep(null, t0, rules)).toEqual({ kind: 'admit', hasTicket: false });
  });

  test('admits while the trip rule is not met', () => {
    expect(firstStep(closedRecord({ [counter.consecutiveFailures]: 2 }), t0, rules)).toEqual({
      kind: 'admit',
      hasTicket: false,
    });
  });

  test('whose trip nobody stored asks the start to store it first', () => {
    expect(firstStep(closedRecord({ [counter.consecutiveFailures]: 3 }), t0, rules)).toMatchObject({
      kind: 'store',
      transition: { reason: 'tripped', ticket: false },
    });
  });

  test.each([-1, 0, 1])('whose cyclic clear is due in %i ms only admits, and stores nothing', (ms) => {
    const record = closedRecord({ [counter.consecutiveFailures]: 2 }, { expiresAt: t0 + ms });
    expect(firstStep(record, t0, rulesOf({ cyclicClearAfter: 1_000 }))).toEqual({ kind: 'admit', hasTicket: false });
  });
});

describe('an open circuit', () => {
  test('refuses until one ms before its end, and says when to come again', () => {
    expect(firstStep(openRecord(), openEnd - 1, rules)).toEqual({ kind: 'refuse', because: 'open', until: openEnd });
  });

  test.each([0, 1])('asks for a round of trials %i ms after its end', (ms) => {
    expect(firstStep(openRecord(), openEnd + ms, rules)).toMatchObject({
      kind: 'store',
      transition: { reason: 'trial-round', ticket: true },
    });
  });
});

describe('a half-open circuit', () => {
  test('offers a ticket while the round has some, and with it a lease from now on', () => {
    expect(firstStep(halfOpenRecord(), t0, rules)).toEqual({
      kind: 'ticket',
      delta: { add: { [counter.trialsStarted]: 1 }, set: { [counter.trialsDeadline]: t0 + trialLease } },
    });
  });

  test.each([2, 3])('refuses until the round ends once %i of its 2 tickets are taken', (started) => {
    expect(firstStep(halfOpenRecord({ [counter.trialsStarted]: started }), t0, rules)).toEqual({
      kind: 'refuse',
      because: 'trials',
      until: roundEnd,
    });
  });

  test('counts a round without any ticket taken, or without a limit, as it stands', () => {
    const { [counter.trialsStarted]: _started, ...untaken } = halfOpenRecord().counters;
    expect(firstStep(halfOpenRecord({}, { counters: untaken }), t0, rules).kind).toBe('ticket');
    const { [counter.trialsLimit]: _limit, ...unlimited } = halfOpenRecord().counters;
    expect(firstStep(halfOpenRecord({}, { counters: unlimited }), t0, rules).kind).toBe('refuse');
  });

  test('is over when the later of the round and its renewed lease is over', () => {
    const renewed = halfOpenRecord({ [counter.trialsStarted]: 2, [counter.trialsDeadline]: roundEnd + 500 });
    expect(firstStep(renewed, roundEnd + 499, rules)).toEqual({
      kind: 'refuse',
      because: 'trials',
      until: roundEnd + 500,
    });
    expect(firstStep(renewed, roundEnd + 500, rules)).toMatchObject({
      kind: 'store',
      transition: { reason: 'new-round' },
    });
    const early = halfOpenRecord({ [counter.trialsStarted]: 2, [counter.trialsDeadline]: roundEnd - 500 });
    expect(firstStep(early, roundEnd - 1, rules)).toMatchObject({ kind: 'refuse', until: roundEnd });
    expect(firstStep(early, roundEnd, rules)).toMatchObject({ kind: 'store', transition: { reason: 'new-round' } });
  });

  test('that is decided asks the start to store that first', () => {
    const closed = halfOpenRecord({ [counter.trialsSucceeded]: 2 });
    expect(firstStep(closed, t0, rules)).toMatchObject({ kind: 'store', transition: { reason: 'trials-succeeded' } });
    const failed = halfOpenRecord({ [counter.trialsFailed]: 1 });
    expect(firstStep(failed, t0, rules)).toMatchObject({ kind: 'store', transition: { reason: 'trials-failed' } });
  });
});

describe('an override', () => {
  const forced = (state: 'open' | 'closed', until: number | null): ReturnType<typeof closedRecord> =>
    closedRecord({ [counter.consecutiveFailures]: 9 }, { override: { state, reason: null, by: null, until } });

  test('that forces open refuses, until its end or for ever', () => {
    expect(firstStep(forced('open', t0 + 1), t0, rules)).toEqual({ kind: 'refuse', because: 'forced', until: t0 + 1 });
    expect(firstStep(forced('open', null), t0, rules)).toEqual({ kind: 'refuse', because: 'forced', until: null });
  });

  test('that forces closed admits whatever the counts say', () => {
    expect(firstStep(forced('closed', null), t0, rules)).toEqual({ kind: 'admit', hasTicket: false });
  });

  test.each([0, 1])('lapses by the first start %i ms after its end', (ms) => {
    expect(firstStep(forced('open', t0), t0 + ms, rules)).toMatchObject({
      kind: 'store',
      transition: { reason: 'override-lapsed', from: 'open', to: 'closed' },
    });
  });

  test('wins over every stored state', () => {
    const override = { state: 'closed', reason: null, by: null, until: null } as const;
    expect(firstStep(openRecord({ override }), t0, rules)).toEqual({ kind: 'admit', hasTicket: false });
    expect(firstStep(halfOpenRecord({}, { override }), t0, rules)).toEqual({ kind: 'admit', hasTicket: false });
  });
});

describe('a start that wrote what was due', () => {
  const step = (record: CircuitRecord, now = t0): StartWrite => firstStep(record, now, rules) as StartWrite;
  const answer = (record: CircuitRecord | null, applied = true, now = t0): WriteAnswer => ({ applied, record, now });

  test('runs with a ticket that is within the limit', () => {
    const taken = halfOpenRecord({ [counter.trialsStarted]: 2 });
    expect(nextStep(step(halfOpenRecord()), answer(taken), rules)).toEqual({ kind: 'admit', hasTicket: true });
  });

  test('gives one ticket too many back, and is refused then, whatever came of that', () => {
    const taken = halfOpenRecord({ [counter.trialsStarted]: 3 });
    const next = nextStep(step(halfOpenRecord()), answer(taken), rules) as StartWrite;
    expect(next).toEqual({ kind: 'give-back', delta: returnTicket, until: roundEnd });
    const refused = { kind: 'refuse', because: 'trials', until: roundEnd };
    expect(nextStep(next, answer(halfOpenRecord()), rules)).toEqual(refused);
    expect(nextStep(next, answer(null, false), rules)).toEqual(refused);
  });

  test('runs with the ticket of the round that it began', () => {
    const began = step(openRecord(), openEnd);
    expect(nextStep(began, answer(halfOpenRecord()), rules)).toEqual({ kind: 'admit', hasTicket: true });
  });

  test('asks again once it stored what admits nobody by itself', () => {
    const tripped = step(closedRecord({ [counter.consecutiveFailures]: 3 }));
    expect(nextStep(tripped, answer(openRecord()), rules)).toEqual(firstStep(openRecord(), t0, rules));
  });

  test('asks again where another was faster, or the record is gone', () => {
    const began = step(openRecord(), openEnd);
    const others = halfOpenRecord({ [counter.trialsStarted]: 2 });
    expect(nextStep(began, answer(others, false), rules)).toMatchObject({ kind: 'refuse', because: 'trials' });
    expect(nextStep(step(halfOpenRecord()), answer(closedRecord(), false), rules)).toMatchObject({ kind: 'admit' });
    expect(nextStep(began, answer(null), rules)).toEqual({ kind: 'admit', hasTicket: false });
  });
});
