import { systemClock } from '../time/clock.js';
import { parseHttpDate } from './http-date.js';

/** The longest delay that a number of seconds may say, ms: beyond that it is no time that anybody meant. */
const longest = 10 * 365 * 86_400_000;

/**
 * When a dependency says to come back, in ms from `now`: the `Retry-After` header (seconds or an HTTP date, RFC 9110
 * section 10.2.3) of a fetch `Response`, of an axios, undici, got or node:http response, of an error that carries one
 * (`error.response`, `error.$response`, `error.headers`, `error.cause`), or of headers by themselves.
 *
 * Null where there is none, or where it is nonsense. A date that is over answers 0. Never throws.
 *
 * @param now ms since the epoch; only a date needs it. Default: the `Date` header that came with it, else the machine's clock.
 */
export function retryAfterOf(value: unknown, now?: number): number | null {
  try {
    return read(value, now, 0);
  } catch {
    // Whatever throws when it is looked at says no time.
    return null;
  }
}

/** How deep responses and causes are looked through. */
const deepest = 4;

function read(value: unknown, now: number | undefined, depth: number): number | null {
  if (typeof value !== 'object' || value === null || depth > deepest) return null;
  const { headers, response, $response, cause } = value as Readonly<Record<string, unknown>>;
  const own = headerOf(headers ?? value, 'retry-after');
  if (own !== null) return delayOf(own, now ?? parseHttpDate(headerOf(headers ?? value, 'date') ?? ''));
  return read(response ?? $response, now, depth + 1) ?? read(cause, now, depth + 1);
}

/** Of a Headers object, a plain object in any case, a Map, or undici's flat array of names and values. */
function headerOf(headers: unknown, name: string): string | null {
  if (typeof headers !== 'object' || headers === null) return null;
  const { get } = headers as { readonly get?: unknown };
  if (typeof get === 'function') {
    const found: unknown = get.call(headers, name) ?? get.call(headers, name === 'date' ? 'Date' : 'Retry-After');
    return textOf(found);
  }
  const entries: [unknown, unknown][] = Array.isArray(headers) ? pairsOf(headers) : Object.entries(headers);
  const found = entries.find(([key]) => textOf(key)?.toLowerCase() === name);
  return found === undefined ? null : textOf(found[1]);
}

function pairsOf(flat: readonly unknown[]): [unknown, unknown][] {
  if (flat.every((each) => Array.isArray(each))) return flat as [unknown, unknown][];
  return flat.flatMap((name, index): [unknown, unknown][] => (index % 2 === 0 ? [[name, flat[index + 1]]] : []));
}

function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return textOf(value[0]);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value.trim();
  // undici hands raw headers on as bytes.
  return value instanceof Uint8Array ? new TextDecoder().decode(value).trim() : null;
}

function delayOf(text: string, now: number | null): number | null {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const ms = Math.ceil(Number(text) * 1_000);
    return ms <= longest ? ms : null;
  }
  const at = parseHttpDate(text);
  if (at === null) return null;
  const ms = Math.max(0, at - (now ?? systemClock.now()));
  return ms <= longest ? ms : null;
}
