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
  const next = drop.length === 0 ? copied(counters, add) : without(counters, drop);
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
    if (!(dropped?.has(name) ?? drop.includes(name))) next[name] = counters[name] as number;
  }
  return next;
}

let dictionaries = 0;

/**
 * A copy, the way that V8 makes it fastest. Objects whose names are at rest have a hidden class: `Object.assign` copies those
 * as fast among a thousand circuits as with one, which a spread does not. A dictionary has none. To give it one, by a spread,
 * costs as much as ten copies: one in 64 gets it, for its names may have come to rest.
 *
 * Many names and a new one among them make a dictionary anyway; of the kind that is slow to copy, unless it is made as one.
 */
function copied(counters: Counters, add: Counters | undefined): Record<string, number> {
  for (const name in add) if (!(name in counters) && Object.keys(counters).length > 8) return without(counters, none);
  if (Object.getPrototypeOf(counters) === null)
    return (dictionaries += 1) % 64 === 0 ? { ...counters } : without(counters, none);
  // An assignment to this one name would be lost.
  return Object.hasOwn(counters, '__proto__') ? without(counters, none) : Object.assign({}, counters);
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

/** The record that `apply` makes of this one: other counters, nothing else. Null where one would leave ±(2^53 − 1). */
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
