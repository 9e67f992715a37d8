import type { CircuitState } from '@circuitry/core';
import type { ParsedReply } from './parse-reply.js';
import { noCounters } from './record-fields.js';

/** A record's fields in the order in which `fieldsOf` writes them, as answer.lua encodes them. */
const upToCounters = new RegExp(
  [
    '\\["format","1"',
    '"revision","([1-9]\\d*)"',
    '"state","(closed|open|half-open)"',
    '"generation","(0|[1-9]\\d*)"',
    '"openings","(0|[1-9]\\d*)"',
    '"since","(0|[1-9]\\d*)"',
    '"by","([^"\\\\]*)"(?:,"expiresAt","(0|[1-9]\\d*)")?',
  ].join(','),
  'y',
);
const counter = /,"#([^"\\]*)",(?:"(0|-?[1-9]\d*)"|(0|-?[1-9]\d*))/y;
/** What became of the call, and the server's clock. */
const trailer = /,"([01])","(0|[1-9]\d{0,10})","(0|[1-9]\d{0,5})"\]$/y;

/**
 * An answer of the usual shape, parsed without a string for each of its elements: this stands in every call's way, and
 * takes a third of the time that the careful parser does.
 *
 * It decides nothing: whatever it isn't sure of (an override, another order, a foreign field, any damage) it leaves to
 * that one.
 *
 * @returns what the careful parser would, or null
 */
export function quickReply(reply: unknown): ParsedReply | null {
  if (typeof reply !== 'string') return null;
  const record = matchAt(upToCounters, reply, 0);
  if (record === null) return null;
  const counters = noCounters();
  const end = matchAt(trailer, reply, readCounters(reply, upToCounters.lastIndex, counters));
  if (end === null) return null;
  const revision = Number(record[1]);
  const state = record[2] as CircuitState;
  const generation = Number(record[3]);
  const openings = Number(record[4]);
  const since = Number(record[5]);
  const by = record[6] as string;
  const expiresAt = record[7] === undefined ? null : Number(record[7]);
  const isSound =
    revision <= Number.MAX_SAFE_INTEGER &&
    generation <= Number.MAX_SAFE_INTEGER &&
    openings <= Number.MAX_SAFE_INTEGER &&
    since <= Number.MAX_SAFE_INTEGER &&
    (expiresAt === null ? state === 'closed' : expiresAt <= Number.MAX_SAFE_INTEGER);
  if (!isSound) return null;
  return {
    outcome: end[1] as '0' | '1',
    record: { revision, state, generation, openings, since, expiresAt, override: null, by, counters },
    now: Number(end[2]) * 1_000 + Math.floor(Number(end[3]) / 1_000),
  };
}

/** Reads the counters that stand there, one after the other. Answers where they end: before the first that is none. */
function readCounters(text: string, start: number, counters: Record<string, number>): number {
  for (let at = start; ; at = counter.lastIndex) {
    const parts = matchAt(counter, text, at);
    if (parts === null) return at;
    const value = Number(parts[2] ?? parts[3]);
    if (!Number.isSafeInteger(value)) return at;
    counters[parts[1] as string] = value;
  }
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}
