import { CorruptRecordError, UnsupportedRecordError, type CircuitRecord, type CircuitState } from '@circuitry/core';
import { parseNotes } from './notes.js';
import { unspell } from './spelling.js';
import { recordFormat } from './write-record.js';

/**
 * The record that a stored text holds. Nothing of it is believed.
 *
 * @throws CorruptRecordError, UnsupportedRecordError
 */
export function readRecord(circuit: string, text: string): CircuitRecord {
  const end = text.indexOf('|');
  const head = end < 0 ? text : text.slice(0, end);
  const [format, revision, state, generation, openings, since, expiresAt, by] = head.split(' ', fieldCount);
  checkFormat(circuit, format);
  const read = (field: string, word: string | undefined): number => count(circuit, field, word);
  const record = {
    revision: read('revision', revision),
    state: stateOf(circuit, state),
    generation: read('generation', generation),
    openings: read('openings', openings),
    since: read('since', since),
    expiresAt: expiresAt === '-' ? null : read('expiresAt', expiresAt),
    by: byOf(circuit, by),
  };
  if (record.revision === 0) throw corrupt(circuit, 'revision', '0', 'a positive integer');
  if (record.expiresAt === null && record.state !== 'closed') {
    throw corrupt(circuit, 'expiresAt', expiresAt, 'ms since the epoch');
  }
  // In the order of the contract, so that records of all kinds have one shape.
  return {
    revision: record.revision,
    state: record.state,
    generation: record.generation,
    openings: record.openings,
    since: record.since,
    expiresAt: record.expiresAt,
    ...notesAfter(circuit, head, text),
    counters: readCounters(circuit, text, end),
    by: record.by,
  };
}

/** How many words the head has before what is JSON. */
const fieldCount = 8;
const noNotes = { override: null, lastFailure: null } as const;

/** What follows the head's words: nothing in nearly every record. */
function notesAfter(circuit: string, head: string, text: string): Pick<CircuitRecord, 'override' | 'lastFailure'> {
  if (text.length === head.length) throw corrupt(circuit, 'record', text, 'a head that ends with |');
  let at = -1;
  for (let words = 0; words < fieldCount; words += 1) {
    at = head.indexOf(' ', at + 1);
    if (at < 0) return noNotes;
  }
  return parseNotes(circuit, head.slice(at + 1));
}

/**
 * A dictionary: the counters of a window change their names all the time, and would cost V8 a hidden class each. No name
 * is special in it.
 */
function readCounters(circuit: string, text: string, start: number): Record<string, number> {
  const counters = Object.create(null) as Record<string, number>;
  if (text.charCodeAt(text.length - 1) !== bar) throw corrupt(circuit, 'record', text, 'a text that ends with |');
  for (let at = start + 1; at < text.length;) {
    const sign = text.indexOf('=', at);
    const end = text.indexOf('|', at);
    const name = sign < 0 || sign > end ? null : unspell(text.slice(at, sign));
    if (name === null) throw corrupt(circuit, 'counters', text.slice(at, end), 'name=value');
    counters[name] = integer(text, sign + 1, end) ?? notAnInteger(circuit, name, text.slice(sign + 1, end));
    at = end + 1;
  }
  return counters;
}

const bar = 124;
const minus = 45;
const zero = 48;
const nine = 57;

/** Digit by digit, for this stands in every call's way. Null for what is not written as the scripts write integers. */
function integer(text: string, start: number, end: number): number | null {
  const isNegative = text.charCodeAt(start) === minus;
  const first = isNegative ? start + 1 : start;
  const digits = end - first;
  if (digits < 1 || digits > 16 || (text.charCodeAt(first) === zero && (digits > 1 || isNegative))) return null;
  let value = 0;
  for (let at = first; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code < zero || code > nine) return null;
    value = value * 10 + (code - zero);
  }
  if (!Number.isSafeInteger(value)) return null;
  return isNegative ? -value : value;
}

function notAnInteger(circuit: string, name: string, found: string): never {
  throw corrupt(circuit, `counters.${name}`, found, 'an integer within ±(2^53 − 1)');
}

function count(circuit: string, field: string, word: string | undefined): number {
  const value = word === undefined ? null : integer(word, 0, word.length);
  if (value === null || value < 0) throw corrupt(circuit, field, word, 'an integer from 0 below 2^53');
  return value;
}

function stateOf(circuit: string, word: string | undefined): CircuitState {
  if (word === 'closed' || word === 'open' || word === 'half-open') return word;
  throw corrupt(circuit, 'state', word, "'closed', 'open' or 'half-open'");
}

function byOf(circuit: string, word: string | undefined): string {
  const by = word === undefined || word === '' ? null : unspell(word);
  if (by === null) throw corrupt(circuit, 'by', word, 'a name');
  return by;
}

function checkFormat(circuit: string, word: string | undefined): void {
  if (word === String(recordFormat)) return;
  const format = word === undefined ? null : integer(word, 0, word.length);
  if (format !== null && format > recordFormat) throw new UnsupportedRecordError(circuit, format, recordFormat);
  throw corrupt(circuit, 'format', word, 'a format number from 1');
}

function corrupt(circuit: string, field: string, found: string | undefined, wanted: string): CorruptRecordError {
  return new CorruptRecordError(circuit, field, `is ${show(found)}, not ${wanted}`);
}

function show(value: string | undefined): string {
  if (value === undefined) return 'missing';
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
