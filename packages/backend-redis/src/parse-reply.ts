import { CorruptRecordError, UnsupportedRecordError, type CircuitRecord, type CircuitState } from '@circuitry/core';
import { z } from 'zod';
import { counterSign, recordFormat } from './record-fields.js';

/** What a script said became of the call; see the head of each Lua file. */
export type Outcome = '0' | '1' | 'unreadable' | 'overflow';

/** An answer about one circuit, as the scripts give it, checked. */
export interface ParsedReply {
  readonly outcome: Outcome;
  readonly record: CircuitRecord | null;
  /** The server's clock, ms since the epoch. */
  readonly now: number;
}

const counterCode = counterSign.charCodeAt(0);
const integer = /^(?:0|-?[1-9]\d*)$/;
const natural = /^(?:0|[1-9]\d*)$/;
/** No integer of fewer digits is beyond 2^53 − 1. */
const longestSafe = 16;

/**
 * Each is one check of a function's: the functions alone decide about a sound record, and zod, which costs more than a
 * round trip, is asked what is wrong with one that isn't.
 */
const count = z.custom<string>((text) => isCount(text), 'an integer from 0 below 2^53');
const text = z.custom<string>((value) => typeof value === 'string', 'a string');

const recordSchema = z.object({
  revision: z.custom<string>(isRevision, 'a positive integer below 2^53'),
  state: z.custom<CircuitState>(isState, "'closed', 'open' or 'half-open'"),
  generation: count,
  openings: count,
  since: count,
  expiresAt: count.optional(),
  override: text.optional(),
  by: text,
});

const overrideSchema = z.object({
  state: z.enum(['open', 'closed']),
  reason: z.string().nullable(),
  by: z.string().nullable(),
  until: z.number().int().min(0).nullable(),
});

/** Each field has its place from the start: adding them one by one would cost more than reading them. */
function noFields(): RawRecord {
  return {
    format: undefined,
    revision: undefined,
    state: undefined,
    generation: undefined,
    openings: undefined,
    since: undefined,
    expiresAt: undefined,
    override: undefined,
    by: undefined,
  };
}

/** A hash's fields that are no counters, as they came; a foreign one may be among them. */
interface RawRecord {
  [field: string]: string | undefined;
  format?: string | undefined;
  revision?: string | undefined;
  state?: string | undefined;
  generation?: string | undefined;
  openings?: string | undefined;
  since?: string | undefined;
  expiresAt?: string | undefined;
  override?: string | undefined;
  by?: string | undefined;
}

/** How many elements of an answer follow the record's; see answer.lua. */
const trailer = 3;

/** Says of the fields what {@link recordSchema} would. */
function isSound(raw: RawRecord): raw is RawRecord & z.infer<typeof recordSchema> {
  return (
    isRevision(raw.revision) &&
    isState(raw.state) &&
    isCount(raw.generation) &&
    isCount(raw.openings) &&
    isCount(raw.since) &&
    (raw.expiresAt === undefined || isCount(raw.expiresAt)) &&
    (raw.override === undefined || typeof raw.override === 'string') &&
    typeof raw.by === 'string'
  );
}

function isRevision(value: unknown): boolean {
  return isCount(value) && value !== '0';
}

function isState(value: unknown): boolean {
  return value === 'closed' || value === 'open' || value === 'half-open';
}

function isOutcome(value: unknown): value is Outcome {
  return value === '0' || value === '1' || value === 'unreadable' || value === 'overflow';
}

function isCount(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    natural.test(value) &&
    (value.length < longestSafe || Number.isSafeInteger(Number(value)))
  );
}

/**
 * What comes back from the server, parsed: nothing of it is believed.
 *
 * @throws CorruptRecordError, UnsupportedRecordError
 */
export function parseReply(name: string, reply: unknown): ParsedReply {
  const elements = elementsOf(name, reply);
  const end = elements.length - trailer;
  const outcome = elements[end];
  const seconds = elements[end + 1];
  const microseconds = elements[end + 2];
  if (!isOutcome(outcome) || !isCount(seconds) || !isCount(microseconds)) throw misshapen(name);
  const record = end === 0 ? null : parseFields(name, elements, end);
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
 * @param end how many of the elements are meant. Default: all
 * @throws CorruptRecordError, UnsupportedRecordError
 */
export function parseFields(name: string, elements: readonly unknown[], end: number = elements.length): CircuitRecord {
  const raw = noFields();
  const counters: Record<string, number> = {};
  for (let index = 0; index + 1 < end; index += 2) {
    const field = elements[index];
    const value = elements[index + 1];
    if (typeof field !== 'string') throw misshapen(name);
    if (field.charCodeAt(0) === counterCode) putCounter(name, counters, field.slice(counterSign.length), value);
    else if (typeof value === 'string') raw[field] = value;
    else throw misshapen(name);
  }
  checkFormat(name, raw.format);
  if (!isSound(raw)) throw corruptBy(name, recordSchema.safeParse(raw).error, raw);
  const { revision, state, generation, openings, since, expiresAt, override, by } = raw;
  if (expiresAt === undefined && state !== 'closed')
    throw new CorruptRecordError(name, 'expiresAt', 'is missing, not ms since the epoch');
  return {
    revision: Number(revision),
    state,
    generation: Number(generation),
    openings: Number(openings),
    since: Number(since),
    expiresAt: expiresAt === undefined ? null : Number(expiresAt),
    override: override === undefined ? null : parseOverride(name, override),
    by,
    counters,
  };
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
  throw new CorruptRecordError(name, path, `is wrong in ${show(text)}: ${parsed.error.issues[0]?.message}`);
}

/** @param given text; a number only where `apply.lua` has just made a sum */
function putCounter(circuit: string, counters: Record<string, number>, name: string, given: unknown): void {
  const value = Number(given);
  if ((typeof given !== 'number' && !integer.test(String(given))) || !Number.isSafeInteger(value)) {
    const found = show(String(given));
    throw new CorruptRecordError(circuit, `counters.${name}`, `is ${found}, not an integer within ±(2^53 − 1)`);
  }
  // Plain assignment to this one name would set the object's prototype.
  if (name === '__proto__') {
    Object.defineProperty(counters, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    counters[name] = value;
  }
}

function corruptBy(name: string, error: z.ZodError | undefined, raw: RawRecord): CorruptRecordError {
  const issue = error?.issues[0];
  const field = String(issue?.path[0] ?? 'record');
  return new CorruptRecordError(name, field, `is ${show(raw[field])}, not ${issue?.message ?? 'what it should be'}`);
}

function show(value: string | undefined): string {
  if (value === undefined) return 'missing';
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
