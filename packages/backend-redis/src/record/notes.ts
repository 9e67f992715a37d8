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
 * Reads `"what opened it"` or `null`, and after it an override or nothing.
 *
 * @throws CorruptRecordError
 */
export function parseNotes(circuit: string, text: string): Notes {
  const [lastFailure, override] = valuesIn(circuit, text);
  if (lastFailure !== null && typeof lastFailure !== 'string') {
    throw new CorruptRecordError(circuit, 'lastFailure', `is wrong in ${show(text)}, not a string or null`);
  }
  if (override === undefined) return { override: null, lastFailure };
  const parsed = overrideSchema.safeParse(override);
  if (parsed.success) return { override: parsed.data, lastFailure };
  const issue = parsed.error.issues[0];
  const path = ['override', ...(issue?.path ?? [])].join('.');
  throw new CorruptRecordError(circuit, path, `is wrong in ${show(text)}, not ${issue?.message}`);
}

/** The JSON values of the text: at most two, the first of which is a string or null. */
function valuesIn(circuit: string, text: string): readonly unknown[] {
  const split = /^(null|"(?:[^"\\]|\\.)*") (.*)$/.exec(text);
  const parts = split === null ? [text] : split.slice(1);
  return parts.map((part, index) => {
    try {
      return JSON.parse(part) as unknown;
    } catch (cause) {
      const field = index === 0 ? 'lastFailure' : 'override';
      throw new CorruptRecordError(circuit, field, `is ${show(part)}, not JSON`, { cause });
    }
  });
}

function show(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
