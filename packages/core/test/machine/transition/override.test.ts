import { describe, expect, test } from '@jest/globals';
import { trippedByHand, type HandTrip } from '../../../src/machine/transition/override.js';
import { shortened } from '../../../src/machine/facts/last-failure.js';
import { allowAfter, closedRecord, halfOpenRecord, openRecord, rulesOf, t0 } from '../../support/machine.js';

const rules = rulesOf();
const plain: HandTrip = { length: null, reason: null, by: null };

describe('a trip by hand', () => {
  test('opens any circuit in the ordinary way, for the ordinary time', () => {
    expect(trippedByHand(closedRecord({ x: 1 }), t0, rules, plain)).toMatchObject({
      reason: 'tripped-by-operator',
      from: 'closed',
      to: 'open',
      next: { state: 'open', generation: 8, openings: 1, since: t0, expiresAt: t0 + allowAfter, counters: {} },
      ticket: false,
    });
    expect(trippedByHand(null, t0, rules, plain)).toMatchObject({ before: null, next: { generation: 1, openings: 1 } });
  });

  test('opens it for as long as the operator says', () => {
    expect(trippedByHand(null, t0, rules, { ...plain, length: 7_000 }).next.expiresAt).toBe(t0 + 7_000);
  });

  test('reopens a round within its incident, and prolongs an open state as the same opening', () => {
    const round = halfOpenRecord({}, { openings: 2 });
    expect(trippedByHand(round, t0, rules, plain).next).toMatchObject({ generation: 7, openings: 3 });
    const open = openRecord({ openings: 2 });
    expect(trippedByHand(open, t0, rules, plain)).toMatchObject({
      from: 'open',
      before: open,
      next: { generation: 7, openings: 2, since: t0, expiresAt: t0 + allowAfter },
    });
  });

  test('ends an override', () => {
    const override = { state: 'closed', reason: null, by: null, until: null } as const;
    expect(trippedByHand(closedRecord({}, { override }), t0, rules, plain).next).toMatchObject({
      state: 'open',
      override: null,
      generation: 8,
    });
  });

  test.each([
    ['ada', 'deploy', 'tripped by ada: deploy'],
    ['ada', null, 'tripped by ada'],
    [null, 'deploy', 'tripped by an operator: deploy'],
    [null, null, 'tripped by an operator'],
  ])('says who did it and why: %s, %s', (by, reason, told) => {
    expect(trippedByHand(null, t0, rules, { length: null, by, reason }).next.lastFailure).toBe(told);
  });

  test('says it in at most 256 bytes', () => {
    const { lastFailure } = trippedByHand(null, t0, rules, {
      ...plain,
      by: 'ada',
      reason: '\u{1F600}'.repeat(100),
    }).next;
    expect(lastFailure).toBe(`tripped by ada: ${'\u{1F600}'.repeat(60)}`);
  });
});

describe('text that is shortened', () => {
  test.each([
    ['a', 256],
    ['\u00e9', 128],
    ['\u20ac', 85],
    ['\u{1F600}', 64],
  ])('of %s keeps whole characters: %i of them', (character, kept) => {
    expect(shortened(character.repeat(300))).toBe(character.repeat(kept));
    expect(shortened(character.repeat(kept))).toBe(character.repeat(kept));
  });

  test('has no half of a surrogate pair, which no store could hold', () => {
    expect(shortened('a\ud800b')).toBe('a\ufffdb');
    expect(shortened('a'.repeat(100) + '\ud800')).toBe('a'.repeat(100) + '\ufffd');
  });
});
