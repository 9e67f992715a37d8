import { isObject } from '@circuitry/core/backend';
import { verbs, type Act } from '../protocol/answers.js';
import { verbWords } from '../protocol/meaning.js';

/** The longest reason that is taken, in characters: it is stored with the circuit, and read by every worker. */
const longestReason = 300;
/** The longest time that is taken, ms: ten years. What is meant to last longer has no end. */
const longestTime = 10 * 365 * 86_400_000;

/** Reads an act; a text says what is wrong with it. */
export function readAct(text: string): Act | string {
  const body = parse(text);
  if (!isObject(body)) return 'An act is a JSON object.';
  const { name, verb, reason = null, for: length = null, revision } = body;
  if (typeof name !== 'string' || name === '') return 'name: the circuit’s name is missing.';
  const known = verbs.find((each) => each === verb);
  if (known === undefined) return `verb: expected one of ${verbs.join(', ')}.`;
  if (!isCount(revision)) return 'revision: expected the revision that was looked at, an integer from 0.';
  if (reason !== null && (typeof reason !== 'string' || reason.length > longestReason)) {
    return `reason: expected a text of at most ${longestReason} characters.`;
  }
  if (length !== null && !(isCount(length) && length >= 1 && length <= longestTime)) {
    return 'for: expected a number of ms from 1, at most ten years.';
  }
  if (length !== null && !verbWords[known].timed) return `for: ${known} has no length.`;
  return { name, verb: known, reason: reason === '' ? null : reason, for: length, revision };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The most that is read of a body, bytes. */
const mostBytes = 16_384;

/** A request's body as text, read no further than an act can be long; null: it is longer. */
export async function readBody(request: Request): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
