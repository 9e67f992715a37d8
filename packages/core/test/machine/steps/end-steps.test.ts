import { describe, expect, test } from '@jest/globals';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { afterDecision, afterOutcomes, mostTries, type EndState } from '../../../src/machine/steps/end-steps.js';
import { decidedTransition } from '../../../src/machine/transition/transition.js';
import { closedRecord, openRecord, rulesOf, t0 } from '../../support/machine.js';

const rules = rulesOf();
const calm = closedRecord();
const tripped = closedRecord({ [counter.consecutiveFailures]: 3 });
const state: EndState = { fence: calm, base: calm, tries: 0 };

describe('outcomes that were sent', () => {
  test('are over once they are counted and decide nothing', () => {
    expect(afterOutcomes(state, { applied: true, record: calm, now: t0 }, rules, null)).toEqual({ kind: 'over' });
    expect(afterOutcomes(state, { applied: true, record: null, now: t0 }, rules, null)).toEqual({ kind: 'over' });
  });

  test('have what they decide stored, with what is known of the failure', () => {
    expect(afterOutcomes(state, { applied: true, record: tripped, now: t0 }, rules, 'HTTP 503')).toEqual({
      kind: 'store',
      transition: decidedTransition(tripped, t0, rules, 'HTTP 503'),
      tries: 0,
    });
  });

  test('are written again on the record that changed under them', () => {
    const newer = closedRecord({}, { revision: 2_000 });
    expect(afterOutcomes(state, { applied: false, record: newer, now: t0 }, rules, null)).toEqual({
      kind: 'write',
      state: { fence: state.fence, base: newer, tries: 1 },
    });
  });

  test('are late once their state is over', () => {
    const record = openRecord();
    expect(afterOutcomes(state, { applied: false, record, now: t0 }, rules, null)).toEqual({ kind: 'late', record });
  });

  test('are given up after 32 tries', () => {
    const answer = { applied: false, record: calm, now: t0 };
    expect(afterOutcomes({ ...state, tries: mostTries - 1 }, answer, rules, null).kind).toBe('write');
    expect(afterOutcomes({ ...state, tries: mostTries }, answer, rules, null).kind).toBe('given-up');
    expect(mostTries).toBe(32);
  });
});

describe('a decision that was sent', () => {
  test('is over once it is stored', () => {
    expect(afterDecision(0, { applied: true, record: openRecord(), now: t0 }, rules, null)).toEqual({ kind: 'over' });
  });

  test('is over once another worker made it, or the record is gone', () => {
    expect(afterDecision(0, { applied: false, record: openRecord(), now: t0 }, rules, null).kind).toBe('over');
    expect(afterDecision(0, { applied: false, record: null, now: t0 }, rules, null).kind).toBe('over');
  });

  test('is made again on what another worker stored, up to 32 times', () => {
    const answer = { applied: false, record: tripped, now: t0 };
    expect(afterDecision(0, answer, rules, 'HTTP 503')).toEqual({
      kind: 'store',
      transition: decidedTransition(tripped, t0, rules, 'HTTP 503'),
      tries: 1,
    });
    expect(afterDecision(mostTries - 1, answer, rules, null).kind).toBe('store');
    expect(afterDecision(mostTries, answer, rules, null).kind).toBe('over');
  });
});
