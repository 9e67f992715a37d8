import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { carefulReply } from '../src/parse-reply.js';
import { quickReply } from '../src/quick-reply.js';
import { counterSign, fieldsOf } from '../src/record-fields.js';
import { aRecord } from './support/records.js';

/** An answer as answer.lua encodes it; `cjson` escapes slashes, too. */
function answerOf(fields: readonly unknown[], outcome = '1'): string {
  return JSON.stringify([...fields, outcome, '1800000000', '123456']).replaceAll('/', '\\/');
}

const anInteger = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER));

const soundRecord = fc
  .record({
    revision: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    state: fc.constantFrom('closed' as const, 'open' as const, 'half-open' as const),
    generation: anInteger,
    openings: anInteger,
    since: anInteger,
    expiresAt: anInteger,
    by: fc.string({ unit: fc.constantFrom('a', '#', '-', ' ', '1', ',', 'é', '\u2028') }),
    counters: fc.dictionary(fc.string({ unit: fc.constantFrom('a', '.', '#', '1', ' ', ']') }), fc.maxSafeInteger()),
  })
  .map((record) => aRecord(record));

test('Of a sound record without an override the quick parser says what the careful one does', () => {
  fc.assert(
    fc.property(soundRecord, fc.constantFrom('0', '1'), (record, outcome) => {
      const answer = answerOf(fieldsOf(record), outcome);
      const expected = { outcome, record, now: 1_800_000_000_123 };
      expect(quickReply(answer)).toEqual(expected);
      expect(carefulReply('x', answer)).toEqual(expected);
    }),
    { numRuns: 1_000 },
  );
});

test('Whatever is wrong with an answer, the quick parser says nothing, or what the careful one does', () => {
  const odd = fc.oneof(
    fc.constantFrom(
      '',
      '0',
      '-0',
      '007',
      '-5',
      '1e3',
      ' 1',
      '9007199254740992',
      '9999999999999999',
      'closed',
      'ajar',
      '"',
      5,
      -0.5,
      null,
    ),
    fc.constantFrom('format', 'revision', 'expiresAt', 'override', '#__proto__', '__proto__', counterSign, '['),
    fc.string(),
  );
  const change = fc.record({ at: fc.nat(30), by: odd, kind: fc.constantFrom('replace', 'insert', 'remove') });
  fc.assert(
    fc.property(soundRecord, fc.array(change, { minLength: 1, maxLength: 3 }), (record, changes) => {
      const elements: unknown[] = [...fieldsOf(record), '1', '1800000000', '123456'];
      for (const { at, by, kind } of changes) {
        elements.splice(at % elements.length, kind === 'insert' ? 0 : 1, ...(kind === 'remove' ? [] : [by]));
      }
      const answer = JSON.stringify(elements);
      const quick = quickReply(answer);
      if (quick !== null) expect(carefulReply('x', answer)).toEqual(quick);
    }),
    { numRuns: 5_000 },
  );
});

test('What JSON escapes, and sums that the script has just made, are read as they are meant', () => {
  const fields = [...fieldsOf(aRecord({ by: 'host/1 "a\\b"\n' })), '#a/b', '5', '#c', 7, '#__proto__', 9];
  const expected = aRecord({
    by: 'host/1 "a\\b"\n',
    counters: Object.fromEntries([
      ['a/b', 5],
      ['c', 7],
      ['__proto__', 9],
    ]),
  });
  expect(quickReply(answerOf(fields)) ?? carefulReply('x', answerOf(fields))).toMatchObject({ record: expected });
  const plain = [...fieldsOf(aRecord()), '#c', 7];
  expect(quickReply(answerOf(plain))?.record?.counters).toEqual({ c: 7 });
});

test('What is no text of an answer is left to the careful parser, which refuses it', () => {
  for (const reply of [
    null,
    undefined,
    7,
    ['1', '2', '3'],
    '',
    'OK',
    '{}',
    '[',
    '["1","2"]',
    '["format","1","2","3"]',
  ]) {
    expect(quickReply(reply)).toBeNull();
    expect(() => carefulReply('x', reply)).toThrow('that no script of this package answers');
  }
});

test('A circuit without a record is none to either', () => {
  expect(quickReply(answerOf([], '0')) ?? carefulReply('x', answerOf([], '0'))).toEqual({
    outcome: '0',
    record: null,
    now: 1_800_000_000_123,
  });
});
