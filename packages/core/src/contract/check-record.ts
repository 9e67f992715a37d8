import { CorruptRecordError } from '../errors/storage-errors.js';
import type { CircuitRecord, Override } from './record.js';

/**
 * Refuses what is not a whole record, naming its first wrong field (clause E3).
 *
 * Core asks it of everything that a backend answers: a stranger's backend stands at a trust boundary too, and a state
 * that nobody knows must neither admit everything nor refuse for ever.
 *
 * @throws CorruptRecordError
 */
export function checkRecord(name: string, record: unknown): asserts record is CircuitRecord {
  const fault = firstFault(record);
  if (fault !== null) throw new CorruptRecordError(name, fault[0], fault[1]);
}

type Fault = readonly [field: string, found: string];

function firstFault(value: unknown): Fault | null {
  if (typeof value !== 'object' || value === null) return ['record', `is ${show(value)}, not an object`];
  const record = value as CircuitRecord;
  if (!isCount(record.revision) || record.revision === 0)
    return wrong('revision', record.revision, 'a positive integer');
  if (record.state !== 'closed' && record.state !== 'open' && record.state !== 'half-open') {
    return wrong('state', record.state, "'closed', 'open' or 'half-open'");
  }
  if (!isCount(record.generation)) return wrong('generation', record.generation, 'an integer from 0');
  if (!isCount(record.openings)) return wrong('openings', record.openings, 'an integer from 0');
  if (!isCount(record.since)) return wrong('since', record.since, 'ms since the epoch');
  if (record.expiresAt === null ? record.state !== 'closed' : !isCount(record.expiresAt)) {
    return wrong(
      'expiresAt',
      record.expiresAt,
      record.state === 'closed' ? 'ms since the epoch or null' : 'ms since the epoch',
    );
  }
  if (typeof record.by !== 'string') return wrong('by', record.by, 'a string');
  return faultOfOverride(record.override) ?? faultOfCounters(record.counters);
}

function faultOfOverride(override: Override | null): Fault | null {
  if (override === null) return null;
  if (typeof override !== 'object') return wrong('override', override, 'an object or null');
  if (override.state !== 'open' && override.state !== 'closed') {
    return wrong('override.state', override.state, "'open' or 'closed'");
  }
  for (const field of ['reason', 'by'] as const) {
    const value: unknown = override[field];
    if (value !== null && typeof value !== 'string') return wrong(`override.${field}`, value, 'a string or null');
  }
  if (override.until !== null && !isCount(override.until)) {
    return wrong('override.until', override.until, 'ms since the epoch or null');
  }
  return null;
}

function faultOfCounters(counters: unknown): Fault | null {
  if (typeof counters !== 'object' || counters === null) return wrong('counters', counters, 'an object');
  for (const name in counters) {
    const value = (counters as Record<string, unknown>)[name];
    if (!Number.isSafeInteger(value)) return wrong(`counters.${name}`, value, 'an integer within ±(2^53 − 1)');
  }
  return null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function wrong(field: string, value: unknown, wanted: string): Fault {
  return [field, `is ${show(value)}, not ${wanted}`];
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
