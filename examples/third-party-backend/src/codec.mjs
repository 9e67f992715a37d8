import { checkRecord, CorruptRecordError, UnsupportedRecordError } from '@circuitry/core';

/** What rows look like. A newer version of this backend may write another format; this one says so. */
export const format = 1;

/** A record as its row's columns. */
export function toRow({ revision, counters, ...rest }) {
  return { revision, counters: toJson(counters), record: toJson(rest) };
}

/** A row as the record it holds. */
export function toRecord(name, row) {
  if (row.format > format) throw new UnsupportedRecordError(name, row.format, format);
  const record = {
    ...mapText(row.record, unescaped),
    revision: Number(row.revision),
    counters: mapText(row.counters, unescaped),
  };
  checkRecord(name, record);
  // The table has its own idea of what is sound. Where the two differ, neither may be written over.
  if (!row.sound) throw new CorruptRecordError(name, 'record', 'is not as this backend writes it');
  return record;
}

export function toJson(value) {
  return JSON.stringify(mapText(value, escaped));
}

/** jsonb holds no NUL and no half of a surrogate pair; names and reasons may. */
export function escaped(text) {
  return text.replace(/[%\0\p{Surrogate}]/gu, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function unescaped(text) {
  return text.replace(/%([0-9a-f]{4})/g, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
}

/** The same value with every text in it, keys too, changed. A key `__proto__` stays a key. */
function mapText(value, change) {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [change(key), mapText(held, change)]));
}
