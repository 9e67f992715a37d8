import type { CircuitRecord, Counters, Delta } from '@circuitry/core';

/** The format that this version writes, and the newest that it reads. */
export const recordFormat = 1;

/** What a counter's field begins with: no name that core gives a counter can then meet a field of the record. */
export const counterSign = '#';

/**
 * A dictionary to read counters into: those of a window change their names all the time, and would cost V8 a hidden class
 * each. No name is special in it.
 */
export function noCounters(): Record<string, number> {
  return Object.create(null) as Record<string, number>;
}

/** The field of a counter. */
function counterField(name: string): string {
  return counterSign + name;
}

/** A record as the fields and values of its hash, one after the other. What is null has no field. */
export function fieldsOf(record: CircuitRecord): string[] {
  const fields = [
    'format',
    String(recordFormat),
    'revision',
    String(record.revision),
    'state',
    record.state,
    'generation',
    String(record.generation),
    'openings',
    String(record.openings),
    'since',
    String(record.since),
    'by',
    record.by,
  ];
  if (record.expiresAt !== null) fields.push('expiresAt', String(record.expiresAt));
  if (record.override !== null) fields.push('override', JSON.stringify(record.override));
  pushCounters(fields, record.counters);
  return fields;
}

/** Appends a delta as `apply.lua` takes it: how many adds, how many sets, then all of them, then the drops. */
export function deltaArguments(args: string[], delta: Delta): string[] {
  const counts = args.length;
  args.push('0', '0');
  if (delta.add !== undefined) args[counts] = String(pushCounters(args, delta.add));
  if (delta.set !== undefined) args[counts + 1] = String(pushCounters(args, delta.set));
  if (delta.drop !== undefined) for (const name of delta.drop) args.push(counterField(name));
  return args;
}

/** Expected counters as `store.lua` takes them: how many, then field and value of each. */
export function expectArguments(expect: Counters | undefined): string[] {
  const args = ['0'];
  if (expect !== undefined) args[0] = String(pushCounters(args, expect));
  return args;
}

/**
 * A ttl in the words of the scripts: whole ms, never less than was asked for; '' for Infinity.
 *
 * Redis adds it to its clock in 64 bits, so the longest finite one is cut to 285,000 years.
 */
export function ttlArgument(ttl: number): string {
  if (ttl === Infinity) return '';
  if (!(ttl > 0)) throw new RangeError(`A ttl must be more than 0 ms, or Infinity; this one is ${ttl}.`);
  return String(Math.min(Math.ceil(ttl), Number.MAX_SAFE_INTEGER));
}

/** Appends field and value of each counter, and answers how many there were. */
function pushCounters(fields: string[], counters: Counters): number {
  const names = Object.keys(counters);
  for (const name of names) {
    const value = counters[name] as number;
    if (!Number.isSafeInteger(value)) {
      throw new RangeError(`Counter ${JSON.stringify(name)} must be an integer within ±(2^53 − 1); it is ${value}.`);
    }
    // -0 prints as 0.
    fields.push(counterSign + name, String(value));
  }
  return names.length;
}
