import type { WatchEvent } from '@circuitry/core';
import { assertName } from '@circuitry/core';
import { readRecord } from '../record/read-record.js';

/**
 * What is published at a store: the record's text, a line's end, the name. Neither of the two ends with the other: a
 * record's text has no line's end in it.
 *
 * The longest that is read, in UTF-16 units: a record with a hundred counters takes a twentieth of it.
 */
const longestMessage = 64_000;

/** What a message is about, without a look at its record; null for what is none of ours. */
function nameIn(text: string): string | null {
  const end = text.length > longestMessage ? -1 : text.indexOf('\n');
  return end < 0 ? null : text.slice(end + 1);
}

/** What a message says. One that can't be read may have been about anything. */
export function eventOf(text: string): WatchEvent {
  try {
    const name = nameIn(text);
    assertName(name);
    return { type: 'transition', name, record: readRecord(name, text.slice(0, text.length - name.length - 1)) };
  } catch {
    return { type: 'missed' };
  }
}
