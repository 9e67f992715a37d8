import type { CircuitRecord, Delta } from '@circuitry/core';
import { counted } from '@circuitry/core/backend';
import { entryOf } from './spelling.js';

/** A record as it is stored, and as it reads. */
export interface Seen {
  readonly text: string;
  readonly record: CircuitRecord;
}

/** What a delta makes of a record, just as `apply.lua` does it; null where a sum would be beyond ±(2^53 − 1). */
export function foresee({ text, record }: Seen, delta: Delta): Seen | null {
  const next = counted(record, delta);
  if (next === null) return null;
  let written = text;
  for (const changes of [delta.add, delta.set]) {
    for (const name in changes) written = put(written, entryOf(name), next.counters[name] as number);
  }
  for (const name of delta.drop ?? none) written = drop(written, entryOf(name));
  return { text: written, record: next };
}

const none: readonly string[] = [];

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
