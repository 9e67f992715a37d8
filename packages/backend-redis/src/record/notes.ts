import { checkRecord, CorruptRecordError, type CircuitRecord } from '@circuitry/core';

/** What of a record is JSON, and in few of them: what opened the circuit, and an operator's override. */
export type Notes = Pick<CircuitRecord, 'override' | 'lastFailure'>;

/**
 * Reads what opened the circuit, or that and an override: `"HTTPError 503"`, `[null,{"state":"open",…}]`.
 *
 * @throws CorruptRecordError
 */
export function parseNotes(circuit: string, text: string): Notes {
  const value = parse(circuit, text);
  if (typeof value === 'string') return { override: null, lastFailure: value };
  const [lastFailure, override, ...more] = Array.isArray(value) ? (value as unknown[]) : [value];
  if ((lastFailure !== null && typeof lastFailure !== 'string') || more.length > 0 || !Array.isArray(value)) {
    throw new CorruptRecordError(circuit, 'lastFailure', `is wrong in ${show(text)}, not a string or null`);
  }
  if (override === null) throw new CorruptRecordError(circuit, 'override', `is wrong in ${show(text)}, not an object`);
  return { override: overrideOf(circuit, override), lastFailure };
}

/** Core knows what an override is: it looks at one as at that of a record in which all else is right. */
function overrideOf(circuit: string, found: unknown): Notes['override'] {
  const record: unknown = { ...blank, override: found };
  checkRecord(circuit, record);
  // What else somebody has put there is left out.
  const { state, reason, by, until } = record.override as NonNullable<Notes['override']>;
  return { state, reason, by, until };
}

const blank = {
  revision: 1,
  state: 'closed',
  generation: 0,
  openings: 0,
  since: 0,
  expiresAt: null,
  by: '',
  lastFailure: null,
  counters: {},
} as const;

function parse(circuit: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CorruptRecordError(circuit, 'lastFailure', `is ${show(text)}, not JSON`, { cause });
  }
}

function show(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
