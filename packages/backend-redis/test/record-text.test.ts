import { expect, test } from '@jest/globals';
import type { CircuitRecord } from '@circuitry/core';
import fc from 'fast-check';
import { readAnswer } from '../src/record/read-answer.js';
import { readRecord } from '../src/record/read-record.js';
import { entryOf, spell, unspell } from '../src/record/spelling.js';
import { writeRecord } from '../src/record/write-record.js';
import { aRecord } from './support/records.js';

/** Of what divides a record's text, and of what doesn't. */
const anyText = fc.string({
  unit: fc.constantFrom(
    'a',
    'c',
    'f',
    '%',
    '|',
    '=',
    ' ',
    '\n',
    '\0',
    '"',
    '\\',
    '{',
    '}',
    '-',
    '1',
    'é',
    '⚡',
    '\u007f',
  ),
});
const count = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER));
const shortNames = ['cf', 'cs', 'f', 's', 'consecutive.failures', 'total.successes', 'trials.deadline'];
const aCounterName = fc.oneof(anyText, fc.constantFrom(...shortNames));

const soundRecord: fc.Arbitrary<CircuitRecord> = fc.record({
  revision: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  state: fc.constantFrom('closed' as const, 'open' as const, 'half-open' as const),
  generation: count,
  openings: count,
  since: count,
  expiresAt: count,
  by: anyText,
  lastFailure: fc.option(anyText),
  override: fc.option(
    fc.record({
      state: fc.constantFrom('open' as const, 'closed' as const),
      reason: fc.option(anyText),
      by: fc.option(anyText),
      until: fc.option(count),
    }),
  ),
  counters: fc.dictionary(aCounterName, fc.maxSafeInteger()),
});

const equal = (record: CircuitRecord): CircuitRecord => ({ ...record, counters: { ...record.counters } });

test('Whatever a record holds, its text reads as the same record', () => {
  fc.assert(
    fc.property(soundRecord, (record) => {
      const text = writeRecord(record);
      expect(equal(readRecord('x', text))).toEqual(equal(record));
      expect(text).not.toMatch(/\n/);
    }),
    { numRuns: 2_000 },
  );
});

test('Two different names are never spelt alike, and none holds what divides the text', () => {
  fc.assert(
    fc.property(aCounterName, aCounterName, (one, other) => {
      expect(spell(one) === spell(other)).toBe(one === other);
      expect(unspell(spell(one))).toBe(one);
      expect(entryOf(one)).toMatch(/^\|[^|= \n]+=$/);
    }),
    { numRuns: 2_000 },
  );
});

test('A text of which anything was changed is read as a sound record or refused by the field, never half', () => {
  fc.assert(
    fc.property(soundRecord, fc.nat(), fc.nat(3), anyText, (record, at, length, more) => {
      const text = writeRecord(record);
      const start = at % text.length;
      const damaged = text.slice(0, start) + more + text.slice(start + length);
      try {
        const read = readRecord('x', damaged);
        // What was read is a record: written again it reads the same.
        expect(equal(readRecord('x', writeRecord(read)))).toEqual(equal(read));
      } catch (error) {
        expect((error as { code?: string }).code).toMatch(/^ERR_(?:CORRUPT|UNSUPPORTED)_RECORD$/);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('The text of a record is one that a person can read', () => {
  const counters = {
    'consecutive.failures': 0,
    'total.failures': 3,
    'total.successes': 812,
    'w6000x10:295000000.c': 40,
  };
  const closed = aRecord({ counters });
  expect(writeRecord(closed)).toBe(
    '1 1816000000000000 closed 0 0 0 - worker-1|cf=0|f=3|s=812|w6000x10:295000000.c=40|',
  );
  const override = { state: 'open', reason: 'a|b', by: 'ops', until: null } as const;
  const open = aRecord({ state: 'open', openings: 1, since: 5, expiresAt: 6, lastFailure: 'HTTPError 503', override });
  expect(writeRecord(open)).toBe(
    '1 1816000000000000 open 0 1 5 6 worker-1 ["HTTPError 503",' +
      String.raw`{"state":"open","reason":"a\u007cb","by":"ops","until":null}]|`,
  );
});

test('An answer that no script of ours gives is refused, whatever it is', () => {
  const odd = [
    '',
    '1',
    '1 2 3',
    '2 1800000000 1 ',
    'x 1 1 1 1',
    '1 -5 1 ',
    5,
    null,
    undefined,
    [],
    {},
    ['1'],
    { value: '' },
    { value: 5, time: ['1', '1'] },
    { value: '', time: ['1', 'x'] },
    { value: '', time: '1 1' },
  ];
  for (const reply of odd) {
    expect(() => readAnswer('x', reply)).toThrow(expect.objectContaining({ code: 'ERR_CORRUPT_RECORD' }));
  }
  const answer = { outcome: '0', text: 'text', now: 1_800_000_000_123 };
  expect(readAnswer('x', '0 1800000000 123456 text')).toEqual(answer);
  expect(readAnswer('x', { value: 'text', time: ['1800000000', '123456'] })).toEqual(answer);
  expect(readAnswer('x', { value: null, time: ['1800000000', '123456'] })).toEqual({ ...answer, text: '' });
});
