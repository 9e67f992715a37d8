import type { CircuitRecord, Counters, Delta } from '@circuitry/core';
import { entryOf } from './spelling.js';

/** A record as it is stored, and as it reads. */
export interface Seen {
  readonly text: string;
  readonly record: CircuitRecord;
}

/** What a delta makes of a record, just as `apply.lua` does it; null where a sum would be beyond ±(2^53 − 1). */
export function foresee({ text, record }: Seen, delta: Delta): Seen | null {
  const counters = Object.create(null) as Record<string, number>;
  for (const name of Object.keys(record.counters)) counters[name] = record.counters[name] as number;
  let next: string | null = text;
  if (delta.add !== undefined) next = write(next, counters, delta.add, true);
  if (delta.set !== undefined && next !== null) next = write(next, counters, delta.set, false);
  if (next === null) return null;
  for (const name of delta.drop ?? none) {
    delete counters[name];
    next = drop(next, entryOf(name));
  }
  const { revision, state, generation, openings, since, expiresAt, override, lastFailure, by } = record;
  return {
    text: next,
    record: { revision, state, generation, openings, since, expiresAt, override, lastFailure, counters, by },
  };
}

const none: readonly string[] = [];

function write(text: string, counters: Record<string, number>, changes: Counters, areSums: boolean): string | null {
  let next = text;
  for (const name of Object.keys(changes)) {
    const value = (changes[name] as number) + (areSums ? (counters[name] ?? 0) : 0);
    if (!Number.isSafeInteger(value)) return null;
    counters[name] = value;
    next = put(next, entryOf(name), value);
  }
  return next;
}

function put(text: string, entry: string, value: number): string {
  const start = text.indexOf(entry);
  if (start < 0) return `${text}${entry.slice(1)}${value}|`;
  const from = start + entry.length;
  return `${text.slice(0, from)}${value}${text.slice(text.indexOf('|', from))}`;
}

function drop(text: string, entry: string): string {
  const start = text.indexOf(entry);
  return start < 0 ? text : text.slice(0, start) + text.slice(text.indexOf('|', start + entry.length));
}
