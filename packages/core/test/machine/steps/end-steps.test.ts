import { describe, expect, test } from '@jest/globals';
import { counter } from '../../../src/machine/facts/counter-names.js';
import {
  afterDecision,
  afterOutcomes,
  mostTries,
  type Decision,
  type EndState,
} from '../../../src/machine/steps/end-steps.js';
import { fenceOf } from '../../../src/machine/record/fence.js';
import { decidedTransition, type Transition } from '../../../src/machine/transition/transition.js';
import { closedRecord, openRecord, rulesOf, t0 } from '../../support/machine.js';

const rules = rulesOf();
const calm = closedRecord();
const tripped = closedRecord({ [counter.consecutiveFailures]: 3 });
const state: EndState = { fence: fenceOf(calm), base: calm, told: 0, tries: 0 };

describe('outcomes that were sent', () => {
  test('are over once they are counted and decide nothing', () => {
    expect(afterOutcomes(state, { applied: true, record: calm, now: t0 }, rules, null)).toEqual({ kind: 'over' });
    expect(afterOutcomes(state, { applied: true, record: null, now: t0 }, rules, null)).toEqual({ kind: 'over' });
  });

  test('have what they decide stored, with what is known of the failure', () => {
    expect(afterOutcomes(state, { applied: true, record: tripped, now: t0 }, rules, 'HTTP 503')).toEqual({
      kind: 'store',
      transition: decidedTransition(tripped, t0, rules, 'HTTP 503'),
      told: 0,
      tries: 0,
    });
  });

  test('are written again on the record that changed under them', () => {
    const newer = closedRecord({}, { revision: 2_000 });
    expect(afterOutcomes(state, { applied: false, record: newer, now: t0 }, rules, null)).toEqual({
      kind: 'write',
      state: { ...state, base: newer, tries: 1 },
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
  const first: Decision = { transition: decidedTransition(tripped, t0, rules) as Transition, told: 0, tries: 0 };

  test('is over once it is stored', () => {
    expect(afterDecision(first, { applied: true, record: openRecord(), now: t0 }, rules, null)).toEqual({
      kind: 'over',
    });
  });

  test('is over once another worker made it, or the record is gone', () => {
    expect(afterDecision(first, { applied: false, record: openRecord(), now: t0 }, rules, null).kind).toBe('over');
    expect(afterDecision(first, { applied: false, record: null, now: t0 }, rules, null).kind).toBe('over');
  });

  test('is made again on what another worker stored, up to 32 times', () => {
    const answer = { applied: false, record: tripped, now: t0 };
    expect(afterDecision(first, answer, rules, 'HTTP 503')).toEqual({
      kind: 'store',
      transition: decidedTransition(tripped, t0, rules, 'HTTP 503'),
      told: 0,
      tries: 1,
    });
    expect(afterDecision({ ...first, tries: mostTries - 1 }, answer, rules, null).kind).toBe('store');
    expect(afterDecision({ ...first, tries: mostTries }, answer, rules, null).kind).toBe('over');
  });

  describe('after the outcomes told the circuit to wait', () => {
    const told = t0 + 600_000;
    const before = closedRecord({ [counter.toldUntil]: told });
    const decision: Decision = { transition: decidedTransition(before, t0, rules) as Transition, told, tries: 0 };
    const { generation, openings } = decision.transition.next;

    test('holds the longer time where another worker told less meanwhile', () => {
      const record = closedRecord({ [counter.toldUntil]: t0 + 60_000 });
      const step = afterDecision(decision, { applied: false, record, now: t0 }, rules, null);
      expect(step).toMatchObject({
        kind: 'store',
        told,
        tries: 1,
        transition: { reason: 'told', next: { expiresAt: told } },
      });
      expect(step.kind === 'store' && step.transition.expect).toEqual({ [counter.toldUntil]: t0 + 60_000 });
    });

    test('holds the longer time where another worker opened it for less long, and announces nothing', () => {
      const record = openRecord({ generation, openings, expiresAt: t0 + 60_000 });
      const step = afterDecision(decision, { applied: false, record, now: t0 }, rules, null);
      expect(step).toMatchObject({
        kind: 'store',
        transition: { reason: 'told', from: 'open', to: 'open', before: record, next: { expiresAt: told } },
      });
    });

    test.each([
      ['is open for longer already', openRecord({ generation, openings, expiresAt: told })],
      ['was opened in another incident', openRecord({ generation: generation + 1, openings, expiresAt: t0 + 60_000 })],
      ['opened again since', openRecord({ generation, openings: openings + 1, expiresAt: t0 + 60_000 })],
      ['was reset', closedRecord({}, { revision: before.revision + 1 })],
      ['is gone', null],
    ])('changes nothing where the circuit %s', (_what, record) => {
      expect(afterDecision(decision, { applied: false, record, now: t0 }, rules, null).kind).toBe('over');
    });

    test('changes nothing once that time is over', () => {
      const record = openRecord({ generation, openings, expiresAt: t0 + 60_000 });
      expect(afterDecision(decision, { applied: false, record, now: told }, rules, null).kind).toBe('over');
    });
  });
});
