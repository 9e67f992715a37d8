import { CorruptRecordError, type CircuitRecord } from '@circuitry/core';
import * as z from 'zod/mini';

/** What of a record is JSON, and in few of them: what opened the circuit, and an operator's override. */
export type Notes = Pick<CircuitRecord, 'override' | 'lastFailure'>;

const note = z.nullable(z.string('a string or null'));
const overrideSchema = z.object({
  state: z.enum(['open', 'closed'], "'open' or 'closed'"),
  reason: note,
  by: note,
  until: z.nullable(z.int('ms since the epoch or null').check(z.nonnegative('ms since the epoch or null'))),
});

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
  const parsed = overrideSchema.safeParse(override);
  // All that read the record while it is remembered get this one.
  if (parsed.success) return { override: Object.freeze(parsed.data), lastFailure };
  const issue = parsed.error.issues[0];
  const path = ['override', ...(issue?.path ?? [])].join('.');
  throw new CorruptRecordError(circuit, path, `is wrong in ${show(text)}, not ${issue?.message}`);
}

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
