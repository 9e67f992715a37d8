import type { CircuitBreaker, CircuitBreakerFactory } from '@circuitry/core';
import type { HttpTarget } from './http-target.js';
import type { HttpRules } from './options.js';

/** How one face tells of a request. */
export interface Request {
  readonly url: string;
  readonly method: string | undefined;
  readonly options: unknown;
  readonly header: (name: string) => string | null;
}

/** Null: a URL that is none; the client will say so itself. */
function targetOf({ url, method = 'GET', options, header }: Request): HttpTarget | null {
  const base = (globalThis as { location?: { href?: string } }).location?.href;
  if (!URL.canParse(url, base)) return null;
  const { href, origin, hostname, pathname } = new URL(url, base);
  const given = typeof options === 'object' && options !== null ? options : {};
  return {
    url: href,
    origin,
    hostname,
    pathname,
    method: method.toUpperCase(),
    options: given as Readonly<Record<string, unknown>>,
    header,
  };
}

/** The breaker of a request; null where it is to run unprotected. */
export function breakerOf<Context>(
  factory: CircuitBreakerFactory<Context>,
  rules: HttpRules,
  request: Request,
): CircuitBreaker<Context> | null {
  const target = targetOf(request);
  if (target === null) return null;
  const circuit = typeof rules.circuit === 'function' ? rules.circuit(target) : (rules.circuit ?? target.origin);
  if (circuit === null) return null;
  const context = rules.context === undefined ? (target.options.circuitContext ?? {}) : rules.context(target);
  return factory.breakerFor(circuit, context as Context);
}
