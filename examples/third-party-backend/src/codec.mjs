import { checkRecord, CorruptRecordError, UnsupportedRecordError } from '@circuitry/core';

/** What records look like in the file. A newer version of this backend may write another; this one says so. */
const format = 1;

export function encode(record) {
  return JSON.stringify({ format, record });
}

export function decode(name, text) {
  let stored;
  try {
    stored = JSON.parse(text);
  } catch (error) {
    throw new CorruptRecordError(name, 'record', 'is not JSON', { cause: error });
  }
  if (Number.isInteger(stored?.format) && stored.format > format)
    throw new UnsupportedRecordError(name, stored.format, format);
  checkRecord(name, stored?.record);
  return stored.record;
}
