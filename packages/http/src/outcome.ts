import { isCircuitryError, retryAfterOf, type OutcomeKind } from '@circuitry/core';
import { headerOf } from './header.js';
import type { HttpOutcome, HttpResponse, HttpRules } from './options.js';
import { askRule } from './rule.js';

/** What an answer says about the dependency, by the user's rule or the default. */
export function outcomeOfResponse(response: HttpResponse, rules: HttpRules, circuit: string): HttpOutcome {
  const answer = askRule('responseOutcome', rules.responseOutcome, response, rules, circuit);
  return answer ?? defaultOutcome(response, rules);
}

function defaultOutcome(response: HttpResponse, { clock }: HttpRules): HttpOutcome {
  const { status } = response;
  if (status !== 429 && status !== 503) return status >= 500 ? 'failure' : 'success';
  // A date is told by the clock that made it: the answer's own, where it says what that shows.
  const now = response.header('date') === null ? clock.now() : undefined;
  return failureUntil(retryAfterOf({ headers: { get: (name: string) => response.header(name) } }, now));
}

function failureUntil(openFor: number | null): HttpOutcome {
  return openFor === null || openFor <= 0 ? 'failure' : { kind: 'failure', openFor };
}

/** What kind of answer an outcome is: whether it is known before the body has come. */
export function kindOf(outcome: HttpOutcome): OutcomeKind {
  return typeof outcome === 'object' ? outcome.kind : outcome;
}

/**
 * What an error says, by the default of this package. An error that carries an answer (undici's retry and responseError
 * interceptors make such) is told by that.
 *
 * @param signal the caller's
 */
export function outcomeOfError(
  error: unknown,
  signal: AbortSignal | undefined,
  rules: HttpRules,
  circuit: string,
): HttpOutcome {
  if (isCircuitryError(error)) return 'ignored';
  if (signal?.aborted === true) return nameOf(signal.reason) === 'TimeoutError' ? 'failure' : 'ignored';
  if (isWrongUse(error)) return 'ignored';
  const response = answerIn(error);
  return response === null ? 'failure' : outcomeOfResponse(response, rules, circuit);
}

/** The program's own fault: no request was sent, or its own hand took the connection away. */
const wrongUses = new Set([
  'ERR_INVALID_URL',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
  'ERR_BAD_OPTION',
  'ERR_BAD_REQUEST',
  'ERR_BAD_OPTION_VALUE',
  'ERR_NOT_SUPPORT',
]);

/** What a browser's or another host's fetch says when it could not reach the server; Node's says it by a cause. */
const unreachable = /fetch|network|load failed|sending request/i;

function isWrongUse(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { name, message, cause, code } = error as Partial<Record<'name' | 'message' | 'cause' | 'code', unknown>>;
  const causeCode = (cause as { code?: unknown } | null | undefined)?.code;
  if ([code, causeCode].some((each) => typeof each === 'string' && wrongUses.has(each))) return true;
  return name === 'TypeError' && cause === undefined && !unreachable.test(String(message));
}

function answerIn(error: unknown): HttpResponse | null {
  const { statusCode, headers } = (error ?? {}) as { statusCode?: unknown; headers?: unknown };
  // Below 400 the answer was good, and what came of it was not.
  if (typeof statusCode !== 'number' || statusCode < 400) return null;
  return { status: statusCode, header: (name) => headerOf(headers, name) };
}

function nameOf(reason: unknown): unknown {
  return (reason as { name?: unknown } | null | undefined)?.name;
}
