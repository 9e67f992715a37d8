import { describe, expect, test } from '@jest/globals';
import { checkRecord, isCircuitryError, type CorruptRecordError } from '@circuitry/core';
import { closedRecord, halfOpenRecord, openRecord } from '../support/machine.js';

function faultOf(record: unknown): CorruptRecordError | null {
  try {
    checkRecord('send/acme', record);
    return null;
  } catch (error) {
    if (isCircuitryError(error, 'ERR_CORRUPT_RECORD')) return error;
    throw error;
  }
}

const override = { state: 'open', reason: null, by: null, until: null } as const;
const most = Number.MAX_SAFE_INTEGER;

describe('a whole record', () => {
  test.each([
    ['in each state', closedRecord()],
    ['open', openRecord()],
    ['half-open', halfOpenRecord()],
    ['closed with a clear to come', closedRecord({}, { expiresAt: 0 })],
    ['under an override', closedRecord({}, { override })],
    [
      'under an override with all its fields',
      closedRecord({}, { override: { state: 'closed', reason: 'x', by: 'y', until: 0 } }),
    ],
    [
      'with the greatest integers',
      closedRecord({ a: most, b: -most }, { revision: most, generation: most, openings: most, since: most }),
    ],
    ['with counters of any name', closedRecord({ '': 1, 'a b\n': 0, constructor: 2 })],
  ])('%s passes', (_what, record) => {
    expect(faultOf(record)).toBeNull();
  });
});

describe('what is no record is refused by the first field that is wrong', () => {
  const record = closedRecord();

  test.each<[string, unknown]>([
    ['record', null],
    ['record', undefined],
    ['record', 'text'],
    ['revision', { ...record, revision: 0 }],
    ['revision', { ...record, revision: 1.5 }],
    ['revision', { ...record, revision: -1 }],
    ['revision', { ...record, revision: most + 1 }],
    ['revision', { ...record, revision: '5' }],
    ['state', { ...record, state: 'ajar' }],
    ['state', { ...record, state: undefined }],
    ['generation', { ...record, generation: -1 }],
    ['openings', { ...record, openings: NaN }],
    ['since', { ...record, since: -1 }],
    ['since', { ...record, since: null }],
    ['expiresAt', { ...record, expiresAt: -1 }],
    ['expiresAt', { ...record, expiresAt: undefined }],
    ['expiresAt', { ...openRecord(), expiresAt: null }],
    ['expiresAt', { ...halfOpenRecord(), expiresAt: null }],
    ['by', { ...record, by: 7 }],
    ['override', { ...record, override: 'open' }],
    ['override', { ...record, override: undefined }],
    ['override.state', { ...record, override: { ...override, state: 'half-open' } }],
    ['override.reason', { ...record, override: { ...override, reason: 7 } }],
    ['override.by', { ...record, override: { ...override, by: undefined } }],
    ['override.until', { ...record, override: { ...override, until: 1.5 } }],
    ['counters', { ...record, counters: null }],
    ['counters', { ...record, counters: 7 }],
    ['counters.total', { ...record, counters: { total: 1.5 } }],
    ['counters.total', { ...record, counters: { total: most + 1 } }],
    ['counters.total', { ...record, counters: { total: '1' } }],
  ])('%s (%j)', (field, value) => {
    const fault = faultOf(value);
    expect(fault).toMatchObject({ circuitName: 'send/acme', field });
    expect(fault?.message).toContain('send/acme');
    expect(fault?.message).toContain(field);
  });

  test('and says what it found, and what it should have been', () => {
    expect(faultOf({ ...record, state: 'ajar' })?.message).toContain(`is "ajar", not 'closed', 'open' or 'half-open'`);
    expect(faultOf({ ...record, by: undefined })?.message).toContain('is undefined, not a string');
    expect(faultOf({ ...record, by: {} })?.message).toContain('is {}, not a string');
    expect(faultOf({ ...record, state: 'x'.repeat(100) })?.message).toContain(`"${'x'.repeat(64)}…"`);
    expect(faultOf({ ...record, state: 'x'.repeat(64) })?.message).toContain(`"${'x'.repeat(64)}"`);
    expect(faultOf({ ...openRecord(), expiresAt: null })?.message).toContain('not ms since the epoch.');
    expect(faultOf({ ...record, expiresAt: -1 })?.message).toContain('not ms since the epoch or null.');
  });
});
