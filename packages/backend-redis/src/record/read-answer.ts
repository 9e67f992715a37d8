import { CorruptRecordError } from '@circuitry/core';
import type { PlainReply } from '../connection/plain-read.js';

/** What a script said became of the call; see the head of each Lua file. */
export type Outcome = '0' | '1' | 'foreseen' | 'unreadable' | 'overflow';

/** What the server said of one circuit. The text of its record is not believed yet. */
export interface Answer {
  readonly outcome: Outcome;
  /** The record's text, '' where there is none. */
  readonly text: string;
  /** The server's clock, ms since the epoch. */
  readonly now: number;
}

/**
 * Reads `<outcome> <seconds> <microseconds> <record>`, as answer.lua gives it; or what GET and TIME answered.
 *
 * @throws CorruptRecordError
 */
export function readAnswer(circuit: string, reply: unknown): Answer {
  const answer = typeof reply === 'string' ? ofScript(reply) : ofPlainRead(reply as PlainReply | null);
  if (answer !== null) return answer;
  throw new CorruptRecordError(circuit, 'record', 'came back in a shape that this package never answers');
}

function ofScript(reply: string): Answer | null {
  const parts = shape.exec(reply);
  if (parts === null) return null;
  return {
    outcome: parts[1] as Outcome,
    text: reply.slice(parts[0].length),
    now: ms(parts[2] as string, parts[3] as string),
  };
}

function ofPlainRead(reply: PlainReply | null): Answer | null {
  const value = reply?.value ?? '';
  const time: readonly unknown[] = Array.isArray(reply?.time) ? reply.time : [];
  const [seconds, microseconds] = time;
  if (typeof value !== 'string' || !isNumber(seconds) || !isNumber(microseconds)) return null;
  return { outcome: '0', text: value, now: ms(seconds, microseconds) };
}

const shape = /^(0|1|foreseen|unreadable|overflow) (\d{1,11}) (\d{1,6}) /;

function isNumber(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,11}$/.test(value);
}

function ms(seconds: string, microseconds: string): number {
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}
