import type { CircuitRecord, Counters } from '@circuitry/core';
import { CheckFailure, type Facts } from '../conformance/telling/failure.js';
import { show, showRecord } from '../conformance/telling/show.js';

/** A ttl that no check outlives. */
export const longTtl = { ttl: 600_000 };

/** A whole record: closed, never opened, unless `more` says otherwise. */
export function recordOf(revision: number, more: Partial<CircuitRecord> = {}): CircuitRecord {
  return {
    revision,
    state: 'closed',
    generation: 0,
    openings: 0,
    since: 0,
    expiresAt: null,
    override: null,
    by: `writer-${revision}`,
    lastFailure: null,
    counters: {},
    ...more,
  };
}

/** Counters whose names may be anything, `__proto__` included. */
export function countersOf(entries: readonly (readonly [string, number])[]): Counters {
  return Object.fromEntries(entries);
}

/** Where `seen` differs from `expected`, one sentence a field; empty where they are equal. */
export function differences(expected: CircuitRecord | null, seen: CircuitRecord | null): string[] {
  if (expected === null || seen === null) {
    return expected === seen ? [] : [`${showRecord(seen)} instead of ${showRecord(expected)}`];
  }
  const found: string[] = [];
  const compare = (field: string, wanted: unknown, got: unknown): void => {
    if (wanted !== got) found.push(`${field} is ${show(got)} instead of ${show(wanted)}`);
  };
  for (const field of [
    'revision',
    'state',
    'generation',
    'openings',
    'since',
    'expiresAt',
    'by',
    'lastFailure',
  ] as const) {
    compare(field, expected[field], seen[field]);
  }
  if (expected.override === null || seen.override === null || typeof seen.override !== 'object') {
    compare('override', expected.override, seen.override);
  } else {
    for (const field of ['state', 'reason', 'by', 'until'] as const) {
      compare(`override.${field}`, expected.override[field], seen.override[field]);
    }
  }
  for (const name of new Set([...Object.keys(expected.counters), ...Object.keys(seen.counters)])) {
    compare(`counter ${show(name, 60)}`, counter(expected, name), counter(seen, name));
  }
  return found;
}

/** Fails unless the two are equal, field by field. */
export function mustEqual(
  expected: CircuitRecord | null,
  seen: CircuitRecord | null,
  facts: Pick<Facts, 'did' | 'cause'>,
): void {
  const found = differences(expected, seen);
  if (found.length === 0) return;
  throw new CheckFailure({ ...facts, expected: showRecord(expected), seen: found.join('; ') });
}

function counter(record: CircuitRecord, name: string): number | undefined {
  return Object.hasOwn(record.counters, name) ? record.counters[name] : undefined;
}
