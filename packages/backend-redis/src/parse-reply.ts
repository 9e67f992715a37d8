import { CorruptRecordError, UnsupportedRecordError, type CircuitRecord } from '@circuitry/core';
import * as z from 'zod/mini';
import { quickReply } from './quick-reply.js';
import { counterSign, noCounters, recordFormat } from './record-fields.js';

/** What a script said became of the call; see the head of each Lua file. */
export type Outcome = '0' | '1' | 'unreadable' | 'overflow';

/** An answer about one circuit, as the scripts give it, checked. */
export interface ParsedReply {
  readonly outcome: Outcome;
  readonly record: CircuitRecord | null;
  /** The server's clock, ms since the epoch. */
  readonly now: number;
}

const integer = /^(?:0|-?[1-9]\d*)$/;
const natural = /^(?:0|[1-9]\d*)$/;

// Not zod's compiler: the first message of a push would wait for it, and nearly every answer is parsed without it.
const count = z.pipe(z.custom<string>(isCount, 'an integer from 0 below 2^53'), z.transform(Number));
const revision = z.custom<string>((value) => isCount(value) && value !== '0', 'a positive integer below 2^53');

const recordSchema = z.object({
  revision: z.pipe(revision, z.transform(Number)),
  state: z.enum(['closed', 'open', 'half-open'], "'closed', 'open' or 'half-open'"),
  generation: count,
  openings: count,
  since: count,
  expiresAt: z.optional(count),
  override: z.optional(z.string()),
  by: z.string('a string'),
});

const note = z.nullable(z.string('a string or null'));
const overrideSchema = z.object({
  state: z.enum(['open', 'closed'], "'open' or 'closed'"),
  reason: note,
  by: note,
  until: z.nullable(z.int('ms since the epoch or null').check(z.nonnegative('ms since the epoch or null'))),
});

/** How many elements of an answer follow the record's; see answer.lua. */
const trailer = 3;

function isOutcome(value: unknown): value is Outcome {
  return value === '0' || value === '1' || value === 'unreadable' || value === 'overflow';
}

function isCount(value: unknown): value is string {
  return typeof value === 'string' && natural.test(value) && Number.isSafeInteger(Number(value));
}

/**
 * What comes back from the server, parsed: nothing of it is believed.
 *
 * @throws CorruptRecordError, UnsupportedRecordError
 */
export function parseReply(name: string, reply: unknown): ParsedReply {
  return quickReply(reply) ?? carefulReply(name, reply);
}

/** As {@link parseReply}, of any reply at all. */
export function carefulReply(name: string, reply: unknown): ParsedReply {
  const elements = elementsOf(name, reply);
  const end = elements.length - trailer;
  const [outcome, seconds, microseconds] = elements.slice(end);
  if (!isOutcome(outcome) || !isCount(seconds) || !isCount(microseconds)) throw misshapen(name);
  const record = end === 0 ? null : parseFields(name, elements.slice(0, end));
  // The script is as strict as the schema; where they disagree the record is not to be trusted either.
  if (outcome === 'unreadable')
    throw new CorruptRecordError(name, 'record', 'could not be read by the script that would have changed it');
  return { outcome, record, now: Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000) };
}

function elementsOf(name: string, reply: unknown): readonly unknown[] {
  if (typeof reply === 'string') {
    let elements: unknown;
    try {
      elements = JSON.parse(reply);
    } catch {
      // Told below.
    }
    if (Array.isArray(elements) && elements.length >= trailer && elements.length % 2 === trailer % 2) return elements;
  }
  throw misshapen(name);
}

function misshapen(name: string): CorruptRecordError {
  return new CorruptRecordError(name, 'record', 'came back in a shape that no script of this package answers');
}

/**
 * The record that a hash's fields and values, one after the other, make up.
 *
 * @throws CorruptRecordError, UnsupportedRecordError
 */
export function parseFields(name: string, elements: readonly unknown[]): CircuitRecord {
  const raw: Record<string, string> = {};
  const counters = noCounters();
  for (let index = 0; index + 1 < elements.length; index += 2) {
    const field = elements[index];
    const value = elements[index + 1];
    if (typeof field !== 'string') throw misshapen(name);
    if (field.startsWith(counterSign)) putCounter(name, counters, field.slice(counterSign.length), value);
    else if (typeof value === 'string') raw[field] = value;
    else throw misshapen(name);
  }
  checkFormat(name, raw['format']);
  const parsed = recordSchema.safeParse(raw);
  if (!parsed.success) throw corruptBy(name, parsed.error, raw);
  const { expiresAt = null, override, ...rest } = parsed.data;
  if (expiresAt === null && rest.state !== 'closed')
    throw new CorruptRecordError(name, 'expiresAt', 'is missing, not ms since the epoch');
  return { ...rest, expiresAt, override: override === undefined ? null : parseOverride(name, override), counters };
}

function checkFormat(name: string, format: string | undefined): void {
  if (format === String(recordFormat)) return;
  const number = format !== undefined && integer.test(format) ? Number(format) : 0;
  if (number > recordFormat) throw new UnsupportedRecordError(name, number, recordFormat);
  throw new CorruptRecordError(name, 'format', `is ${show(format)}, not a format number from 1`);
}

function parseOverride(name: string, text: string): z.infer<typeof overrideSchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CorruptRecordError(name, 'override', `is ${show(text)}, not JSON`, { cause });
  }
  const parsed = overrideSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const path = ['override', ...(parsed.error.issues[0]?.path ?? [])].join('.');
  throw new CorruptRecordError(name, path, `is wrong in ${show(text)}, not ${parsed.error.issues[0]?.message}`);
}

/** @param given text; a number only where `apply.lua` has just made a sum */
function putCounter(circuit: string, counters: Record<string, number>, name: string, given: unknown): void {
  const value = Number(given);
  if ((typeof given !== 'number' && !integer.test(String(given))) || !Number.isSafeInteger(value)) {
    const found = show(String(given));
    throw new CorruptRecordError(circuit, `counters.${name}`, `is ${found}, not an integer within ±(2^53 − 1)`);
  }
  counters[name] = value;
}

function corruptBy(name: string, error: z.core.$ZodError, raw: Readonly<Record<string, string>>): CorruptRecordError {
  const issue = error.issues[0];
  const field = String(issue?.path[0] ?? 'record');
  return new CorruptRecordError(name, field, `is ${show(raw[field])}, not ${issue?.message ?? 'what it should be'}`);
}

function show(value: string | undefined): string {
  if (value === undefined) return 'missing';
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
