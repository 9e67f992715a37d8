import { CorruptRecordError, type CircuitRecord } from '@circuitry/core';
import { readRecord } from './read-record.js';

/** What a script said became of the call; see the head of each Lua file. */
export type Outcome = '0' | '1' | 'unreadable' | 'overflow';

/** An answer about one circuit, checked. */
export interface Answer {
  readonly outcome: Outcome;
  readonly record: CircuitRecord | null;
  /** The server's clock, ms since the epoch. */
  readonly now: number;
}

/**
 * Reads `<outcome> <seconds> <microseconds> <record>`, as answer.lua gives it.
 *
 * @throws CorruptRecordError, UnsupportedRecordError
 */
export function readAnswer(circuit: string, reply: unknown): Answer {
  const parts = typeof reply === 'string' ? shape.exec(reply) : null;
  if (parts === null) {
    throw new CorruptRecordError(circuit, 'record', 'came back in a shape that no script of this package answers');
  }
  const text = (reply as string).slice(parts[0].length);
  const record = text === '' ? null : readRecord(circuit, text);
  const outcome = parts[1] as Outcome;
  // The script is about as strict as this reader; where they disagree the record is not to be trusted either.
  if (outcome === 'unreadable') {
    throw new CorruptRecordError(circuit, 'record', 'could not be read by the script that would have changed it');
  }
  return { outcome, record, now: Number(parts[2]) * 1_000 + Math.floor(Number(parts[3]) / 1_000) };
}

const shape = /^(0|1|unreadable|overflow) (\d{1,11}) (\d{1,6}) /;
