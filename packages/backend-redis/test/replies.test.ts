import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { carefulReply } from '../src/parse-reply.js';
import { quickReply } from '../src/quick-reply.js';
import { counterSign, fieldsOf } from '../src/record-fields.js';
import { aRecord } from './support/records.js';

/** An answer as answer.lua joins it. */
function answerOf(fields: readonly string[], outcome = '1'): string {
  const elements = [outcome, '1800000000', '123456', ...fields];
  return elements.some((element) => element.includes('\n')) ? JSON.stringify(elements) : elements.join('\n');
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
    by: fc.string({ unit: fc.constantFrom('a', '#', '-', ' ', '1', '\r', 'é', '\u2028') }),
    counters: fc.dictionary(fc.string({ unit: fc.constantFrom('a', '.', '#', '1', ' ', '\r') }), fc.maxSafeInteger()),
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
      '\n',
    ),
    fc.constantFrom('format', 'revision', 'expiresAt', 'override', '#__proto__', '__proto__', counterSign, '['),
    fc.string(),
  );
  const change = fc.record({ at: fc.nat(30), by: odd, kind: fc.constantFrom('replace', 'insert', 'remove') });
  fc.assert(
    fc.property(soundRecord, fc.array(change, { minLength: 1, maxLength: 3 }), (record, changes) => {
      const elements = ['1', '1800000000', '123456', ...fieldsOf(record)];
      for (const { at, by, kind } of changes) {
        elements.splice(at % elements.length, kind === 'insert' ? 0 : 1, ...(kind === 'remove' ? [] : [by]));
      }
      for (const answer of [elements.join('\n'), JSON.stringify(elements)]) {
        const quick = quickReply(answer);
        if (quick !== null) expect(carefulReply('x', answer)).toEqual(quick);
      }
    }),
    { numRuns: 5_000 },
  );
});

test('What is no text of an answer is left to the careful parser, which refuses it', () => {
  for (const reply of [null, undefined, 7, ['1', '2', '3'], '', 'OK', '1\n2', '{}', '[', '["1","2","3","format"]']) {
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
