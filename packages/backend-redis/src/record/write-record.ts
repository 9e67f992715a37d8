import type { CircuitRecord, Counters, Delta } from '@circuitry/core';
import { entryOf, spell } from './spelling.js';

/** The format that this version writes, and the newest that it reads. */
export const recordFormat = 1;

/**
 * A record as the one line of text that is stored:
 * `1 <revision> <state> <generation> <openings> <since> <expiresAt or -> <by>|name=value|name=value|`.
 *
 * What opened the circuit follows `by` where that is known, as JSON, `… <by> "HTTPError 503"|…`; where there is an override,
 * both do: `… <by> ["HTTPError 503",{"state":"open",…}]|…`.
 */
export function writeRecord(record: CircuitRecord): string {
  const { revision, state, generation, openings, since, expiresAt, by, lastFailure, override, counters } = record;
  let text = `${recordFormat} ${revision} ${state} ${generation} ${openings} ${since} ${expiresAt ?? '-'} ${spell(by)}`;
  if (override !== null) text += ` ${json([lastFailure, override])}`;
  else if (lastFailure !== null) text += ` ${json(lastFailure)}`;
  for (const name of Object.keys(counters)) text += entryOf(name) + integer(name, counters[name] as number);
  return `${text}|`;
}

/** The beginning of every record with that revision. */
export function beginningOf(revision: number): string {
  return `${recordFormat} ${revision} `;
}

/** A delta as `apply.lua` takes it: `a|s=1a|cs=1s|cf=0d|w6000x10:1.c=`, added, set, dropped. */
export function deltaText({ add, set, drop }: Delta): string {
  let text = '';
  if (add !== undefined)
    for (const name of Object.keys(add)) text += `a${entryOf(name)}${integer(name, add[name] as number)}`;
  if (set !== undefined)
    for (const name of Object.keys(set)) text += `s${entryOf(name)}${integer(name, set[name] as number)}`;
  if (drop !== undefined) for (const name of drop) text += `d${entryOf(name)}`;
  return text;
}

/** Appends expected counters as `store.lua` takes them. */
export function expectArguments(args: string[], expect: Counters | undefined): string[] {
  if (expect === undefined) return args;
  for (const name of Object.keys(expect)) args.push(entryOf(name), integer(name, expect[name] as number));
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

function integer(name: string, value: number): string {
  if (Number.isSafeInteger(value)) return String(value); // -0 prints as 0.
  throw new RangeError(`Counter ${JSON.stringify(name)} must be an integer within ±(2^53 − 1); it is ${value}.`);
}

/** JSON in which no `|` stands: the first one of a record ends its head. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll('|', String.raw`\u007c`);
}
