import { isObject } from './check-record.js';
import type { CircuitRecord, Counters, Delta, Override } from './record.js';

/** A counter's value; one that is missing counts as 0 (clause A5). Safe for any name, `constructor` and `__proto__` included. */
export function counterOf(counters: Counters, name: string): number {
  const value: unknown = counters[name];
  // What every object inherits under such a name is no number.
  return typeof value === 'number' ? value : 0;
}

/** The counters after `delta`: what every backend's `apply` does, as one pure function (clauses A1, A5). */
export function applyDelta(counters: Counters, delta: Delta): Counters {
  const { drop = none, set, add } = delta;
  const next = drop.length === 0 && isAtRest(counters) ? Object.assign({}, counters) : without(counters, drop);
  if (set !== undefined) for (const name in set) put(next, name, set[name] as number);
  if (add !== undefined) for (const name in add) put(next, name, counterOf(counters, name) + (add[name] as number));
  return next;
}

const none: readonly string[] = Object.freeze([]);

/**
 * Built anew, as a dictionary: an object that something was deleted from is slow to copy ever after, and one whose names
 * change all the time, as a window's do, costs V8 a hidden class for each.
 */
function without(counters: Counters, drop: readonly string[]): Record<string, number> {
  const next = Object.create(null) as Record<string, number>;
  // A set for a few names costs more than it spares.
  const dropped = drop.length > 8 ? new Set(drop) : null;
  for (const name of Object.keys(counters)) {
    if (drop.length === 0 || !(dropped?.has(name) ?? drop.includes(name))) next[name] = counters[name] as number;
  }
  return next;
}

let dictionaries = 0;

/**
 * Whether V8 copies these fastest by their hidden class. A dictionary has none, and to give it one costs as much as ten copies:
 * one in 64 gets it, for its names may have come to rest. By `Object.assign`, which is as fast among a thousand circuits as
 * with one; a spread is not. It would lose this one name.
 */
function isAtRest(counters: Counters): boolean {
  if (Object.hasOwn(counters, '__proto__')) return false;
  return Object.getPrototypeOf(counters) !== null || (dictionaries += 1) % 64 === 0;
}

/** The record with other counters. Field by field: spreading a record costs twenty times as much, on every call's way. */
export function withCounters(
  record: CircuitRecord,
  counters: Counters,
  override: Override | null = record.override,
): CircuitRecord {
  return {
    revision: record.revision,
    state: record.state,
    generation: record.generation,
    openings: record.openings,
    since: record.since,
    expiresAt: record.expiresAt,
    override,
    by: record.by,
    lastFailure: record.lastFailure,
    counters,
  };
}

/** The record after `delta`; null where a counter would be no integer that can be counted on. */
export function counted(record: CircuitRecord, delta: Delta): CircuitRecord | null {
  const counters = applyDelta(record.counters, delta);
  for (const name in delta.add) if (!Number.isSafeInteger(counters[name])) return null;
  for (const name in delta.set) if (!Number.isSafeInteger(counters[name])) return null;
  return withCounters(record, counters);
}

/** A copy that shares nothing with the record: what becomes of one does not reach the other. What is no object is left to the check. */
export function copyOf(record: CircuitRecord): CircuitRecord {
  const { counters, override } = record;
  return withCounters(
    record,
    isObject(counters) ? applyDelta(counters, {}) : counters,
    isObject(override) ? { ...override } : override,
  );
}

/** Whether each counter that `expect` names has that value now (clause S4). */
export function meetsExpectation(counters: Counters, expect: Counters | undefined): boolean {
  if (expect === undefined) return true;
  return Object.keys(expect).every((name) => counterOf(counters, name) === expect[name]);
}

function put(counters: Record<string, number>, name: string, value: number): void {
  // Plain assignment to this one name would set the object's prototype.
  if (name === '__proto__') {
    Object.defineProperty(counters, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    counters[name] = value;
  }
}
