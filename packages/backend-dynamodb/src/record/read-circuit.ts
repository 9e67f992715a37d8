import { checkRecord, CorruptRecordError, UnsupportedRecordError, type CircuitRecord } from '@circuitry/core';
import { attribute, counterSigil, format } from './attributes.js';
import type { Item } from './item.js';
import { parseCircuitFields, type CircuitFields } from './schema.js';

/** A record, and what this backend keeps beside it. */
export interface StoredCircuit {
  readonly record: CircuitRecord;
  /** How many applies its revision has seen. */
  readonly applies: number;
}

const integer = /^-?\d{1,16}$/;

/**
 * What an item says of its circuit; null where it is missing or its ttl is over (clause T2): DynamoDB deletes such
 * items late, within days.
 *
 * @param now by the same clock that ttls are written with, ms
 * @throws UnsupportedRecordError for an item of a newer format
 * @throws CorruptRecordError for one that is no record, naming its first wrong field
 */
export function readCircuit(name: string, item: Item | undefined, now: number): StoredCircuit | null {
  if (item === undefined) return null;
  checkFormat(name, item);
  const endsAt = item[attribute.endsAt];
  // An end that is no number is corrupt: parsing says so below.
  if (endsAt?.N !== undefined && Number(endsAt.N) <= now) return null;
  const parsed = parseCircuitFields(item);
  if ('fault' in parsed) throw corrupt(name, parsed.fault, item);
  const record = recordOf(parsed.fields, countersOf(name, item));
  checkRecord(name, record);
  return { record, applies: Number(parsed.fields.applies.N) };
}

/** Refuses an item whose format this version can't read. */
export function checkFormat(name: string, item: Item): void {
  const found = item[attribute.format];
  if (found?.N === undefined || !integer.test(found.N) || Number(found.N) < 1) {
    throw new CorruptRecordError(name, attribute.format, `is ${show(found)}, not a format number`);
  }
  if (Number(found.N) > format) throw new UnsupportedRecordError(name, Number(found.N), format);
}

/** The error for an item that its schema refuses. */
export function corrupt(name: string, path: readonly PropertyKey[], item: Item): CorruptRecordError {
  // The path leads through DynamoDB's type tags (`override.M.state.S`), which are nobody's business.
  const field = path.map(String).filter((step) => !typeTags.has(step));
  return new CorruptRecordError(name, field.join('.') || 'record', `is ${show(item[field[0] ?? ''])}`);
}

const typeTags = new Set(['S', 'N', 'M', 'NULL']);

function recordOf(fields: CircuitFields, counters: Record<string, number>): CircuitRecord {
  const override = fields.override?.M;
  return {
    revision: Number(fields.revision.N),
    state: fields.state.S as CircuitRecord['state'],
    generation: Number(fields.generation.N),
    openings: Number(fields.openings.N),
    since: Number(fields.since.N),
    expiresAt: fields.expiresAt === undefined ? null : Number(fields.expiresAt.N),
    override:
      override === undefined
        ? null
        : {
            state: override.state.S as 'open' | 'closed',
            reason: 'S' in override.reason ? override.reason.S : null,
            by: 'S' in override.by ? override.by.S : null,
            until: 'N' in override.until ? Number(override.until.N) : null,
          },
    by: fields.by.S,
    lastFailure: fields.lastFailure?.S ?? null,
    counters,
  };
}

function countersOf(name: string, item: Item): Record<string, number> {
  const counters: [string, number][] = [];
  for (const key of Object.keys(item)) {
    if (!key.startsWith(counterSigil)) continue;
    const text = item[key]?.N;
    const counterName = key.slice(counterSigil.length);
    if (text === undefined || !integer.test(text)) {
      throw new CorruptRecordError(name, `counters.${counterName}`, `is ${show(item[key])}, not an integer`);
    }
    counters.push([counterName, Number(text)]);
  }
  // Plain assignment to `__proto__` would set the object's prototype.
  return Object.fromEntries(counters);
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
