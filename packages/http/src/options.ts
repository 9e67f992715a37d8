import { systemClock, type Clock, type DefaultContext, type Duration, type OutcomeKind } from '@circuitry/core';
import { callable, duration, objectWith, oneOf, optional, readOptions, type Reader } from '@circuitry/core/backend';
import type { HttpTarget } from './http-target.js';

/** What an answer, or an error, says about the dependency. `openFor`: it said itself how long to leave it alone. */
export type HttpOutcome = OutcomeKind | { readonly kind: 'failure'; readonly openFor: Duration };

/** An answer's head, the same for fetch, undici and axios. */
export interface HttpResponse {
  /** The HTTP status, such as 503. */
  readonly status: number;
  /** A header's value by its name, in any case; null where there is none. Several values are joined by commas. */
  header(name: string): string | null;
}

/** Options of all three faces. */
export interface HttpOptions<Context = DefaultContext> {
  /**
   * Which circuit a request belongs to: a name, or a function of the request; null leaves the request unprotected.
   * Default: its origin, such as `https://api.example.com`.
   */
  readonly circuit?: string | ((target: HttpTarget) => string | null) | undefined;
  /** What `breakerFor` gets as context, the tenant for example. Default: the call's own option `circuitContext`, else `{}`. */
  readonly context?: ((target: HttpTarget) => Context) | undefined;
  /**
   * What an answer says, by its status and headers. Undefined leaves it to the default: 429 and 5xx are failures, 429 and
   * 503 with Retry-After open the circuit until then, everything else is a success.
   */
  readonly responseOutcome?: ((response: HttpResponse) => HttpOutcome | undefined) | undefined;
  /**
   * What an error says. Undefined leaves it to the default: the caller's abort and a wrong use of the client are ignored, a
   * timeout and everything else is a failure. `'factory'`: the factory's own matchers decide all errors.
   */
  readonly errorOutcome?: 'factory' | ((error: unknown) => HttpOutcome | undefined) | undefined;
  /**
   * How long a reader may wait for the next piece of a body before this counts as a failure, from 1 ms. A body that nobody
   * reads for so long counts by its status. Default `'30s'`. The transfer itself goes on: stopping it is the client's.
   */
  readonly bodyTimeout?: Duration | undefined;
  /** A body that still comes after so long counts by its status: a stream without end must not hold a trial. Default `'5m'`. */
  readonly longestBody?: Duration | undefined;
  /** Hears of a rule of yours that threw or answered nonsense; the default decided then. Default `console.error`. */
  readonly onFault?: ((fault: Error) => void) | undefined;
  /** Times bodies. Default `systemClock`. */
  readonly clock?: Clock | undefined;
}

/** Options of `protectFetch`. */
export interface FetchOptions<Context = DefaultContext> extends HttpOptions<Context> {
  /** What a refused call comes to: it rejects, or resolves with a 503 of `refusalResponse`. Default `'error'`. */
  readonly refusal?: 'error' | 'response' | undefined;
}

/** {@link FetchOptions} as they are used: checked, in ms. */
export interface HttpRules {
  readonly circuit: string | ((target: HttpTarget) => string | null) | undefined;
  readonly context: ((target: HttpTarget) => unknown) | undefined;
  readonly responseOutcome: ((response: HttpResponse) => HttpOutcome | undefined) | undefined;
  readonly errorOutcome: 'factory' | ((error: unknown) => HttpOutcome | undefined) | undefined;
  readonly bodyTimeout: number;
  readonly longestBody: number;
  readonly onFault: (fault: Error) => void;
  readonly clock: Clock;
  readonly refusal: 'error' | 'response';
}

const readCircuit: Reader<HttpRules['circuit']> = (name, value, problems) => {
  const isCircuit = typeof value === 'function' || (typeof value === 'string' && value !== '');
  if (!isCircuit) problems.push({ name, value, expected: 'a name or a function' });
  return value as HttpRules['circuit'];
};

const readErrorOutcome: Reader<HttpRules['errorOutcome']> = (name, value, problems) => {
  if (typeof value !== 'function' && value !== 'factory')
    problems.push({ name, value, expected: "'factory' or a function" });
  return value as HttpRules['errorOutcome'];
};

const readers = {
  circuit: optional(readCircuit, undefined),
  context: optional(callable<(target: HttpTarget) => unknown>(), undefined),
  responseOutcome: optional(callable<NonNullable<HttpRules['responseOutcome']>>(), undefined),
  errorOutcome: optional(readErrorOutcome, undefined),
  bodyTimeout: optional(duration(1), 30_000),
  longestBody: optional(duration(1), 300_000),
  onFault: optional(callable<(fault: Error) => void>(), (fault: Error) => console.error(fault)),
  clock: optional(objectWith<Clock>('now', 'after'), systemClock),
};

/** @throws InvalidSettingsError with every fault at once */
export function readHttpOptions(options: unknown = {}): HttpRules {
  return { ...readOptions(readers, options), refusal: 'error' };
}

/** @throws InvalidSettingsError with every fault at once */
export function readFetchOptions(options: unknown = {}): HttpRules {
  return readOptions({ ...readers, refusal: optional(oneOf('error', 'response'), 'error') }, options);
}
