import type { CircuitRecord, Counters, Delta } from '@circuitry/core';

/** So many counters are shown one by one. */
const shownCounters = 8;
/** Of more, so many of the last: what a call is about comes after the counters that it carries over. */
const lastCounters = 3;

/** A value as a person reads it in one line, shortened. */
export function show(value: unknown, longest = 160): string {
  const text = plain(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** A record in one line: what tells it from another. */
export function showRecord(record: CircuitRecord | null | undefined): string {
  if (record === null) return 'null (no record)';
  if (record === undefined) return 'undefined';
  const { revision, state, by, counters } = record;
  return `record ${String(revision)} (${String(state)}, by ${show(by, 40)}, counters ${showCounters(counters)})`;
}

/** Counters in one line; of many the last few, for a trace repeats them at every call. */
export function showCounters(counters: Counters | undefined): string {
  if (typeof counters !== 'object' || counters === null) return show(counters);
  const names = Object.keys(counters);
  const texts = names.map((name) => `${show(name, 40)}: ${show(counters[name])}`);
  const hidden = names.length > shownCounters ? names.length - lastCounters : 0;
  if (hidden > 0) texts.splice(0, hidden, `… ${hidden} more`);
  return texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }`;
}

/** A delta in one line. */
export function showDelta({ add, set, drop }: Delta): string {
  const parts = [
    ...(add === undefined ? [] : [`add ${showCounters(add)}`]),
    ...(set === undefined ? [] : [`set ${showCounters(set)}`]),
    ...(drop === undefined ? [] : [`drop ${show(drop)}`]),
  ];
  return parts.length === 0 ? '{}' : parts.join(', ');
}

/** An error in one line: name, code, message. */
export function showError(error: unknown): string {
  if (!(error instanceof Error) && (typeof error !== 'object' || error === null)) return `the value ${show(error)}`;
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  return `${String(name ?? 'an object')}${code === undefined ? '' : ` (${String(code)})`}: ${show(String(message), 300)}`;
}

function plain(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' || value === undefined || value === null || typeof value === 'boolean')
    return String(value);
  if (value instanceof Error) return showError(value);
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
  if (typeof value === 'symbol') return value.toString();
  const entries = Object.keys(value).map(
    (key) => `${JSON.stringify(key)}: ${plain((value as Record<string, unknown>)[key])}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
