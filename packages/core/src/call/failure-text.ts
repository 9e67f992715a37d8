import { onOneLine, readOf } from '../errors/show.js';
import { atOnce } from '../events/call-safely.js';
import type { EventHub } from '../events/event-hub.js';
import { shortened } from '../machine/facts/last-failure.js';
import type { DescribeFailure } from '../settings/options.js';

/** What a name or a code looks like. Anything else may be a message, and a message may hold a secret. */
const word = /^[\w.-]{1,64}$/;

/**
 * What operators are told of a failure. The user's function first; where it throws or answers no text, the default: the
 * error's name, code and status, never its message.
 */
export function failureText(
  error: unknown,
  describe: DescribeFailure | undefined,
  hub: EventHub,
  name: string,
): string | null {
  if (error === undefined) return null;
  if (describe !== undefined) {
    try {
      const text: unknown = atOnce(describe(error));
      if (typeof text === 'string') return text === '' ? null : shortened(onOneLine(text));
      hub.fault('describeFailure', new TypeError('describeFailure answered no string'), name);
    } catch (thrown) {
      hub.fault('describeFailure', thrown, name);
    }
  }
  return defaultText(error);
}

function defaultText(error: unknown): string {
  return readOf(() => {
    if (typeof error !== 'object' || error === null) return `a ${typeof error} was thrown`;
    const { name, code, status, statusCode, response } = error as Readonly<Record<string, unknown>>;
    const answered = (response ?? {}) as { readonly status?: unknown; readonly statusCode?: unknown };
    const found = [status, statusCode, answered.status, answered.statusCode].find((each) => Number.isSafeInteger(each));
    const words = [name, code].filter((each) => isWord(each)) as (string | number)[];
    const parts = [...new Set([...words, ...(found === undefined ? [] : [found as number])])];
    return parts.length === 0 ? 'an error without a name' : parts.join(' ');
  });
}

function isWord(value: unknown): boolean {
  return (typeof value === 'string' && word.test(value)) || Number.isSafeInteger(value);
}
