import { isCircuitryError, type CircuitBreakerFactory, type DefaultContext, type Permit } from '@circuitry/core';
import { BodyWatch } from '../body-watch.js';
import { checkFetch } from '../given.js';
import { headerOf } from '../header.js';
import { ObservedCall } from '../observed-call.js';
import { readFetchOptions, type FetchOptions } from '../options.js';
import { kindOf } from '../outcome.js';
import { refusalResponse } from '../refusal-response.js';
import { asSignal } from '../signal.js';
import { breakerOf, type Request as Asked } from '../target.js';
import { observeBody } from './observe-body.js';

/** Any fetch: the host's, undici's, one that somebody wrapped. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each has its own types for what it takes and answers
export type AnyFetch = (input: any, init?: any) => Promise<any>;

/** A fetch as it was, which also takes a context for its circuit: `fetch(url, { circuitContext: { tenantId } })`. */
export type ProtectedFetch<Fetch extends AnyFetch, Context> = Fetch &
  ((
    input: Parameters<Fetch>[0],
    init?: Parameters<Fetch>[1] & { readonly circuitContext?: Context },
  ) => ReturnType<Fetch>);

/**
 * `fetch` behind circuits, one for each origin unless `circuit` says otherwise.
 *
 * The answer reaches the caller whatever it counts as. One call counts once, however many redirects it follows. It is
 * reported when the body has ended, was cancelled, broke off or stalled (see `bodyTimeout`), or at once where its status is a
 * failure or it has no body. Input and init go to `fetch` as they are, body and signal included.
 *
 * @typeParam Context what `breakerFor` gets as context
 * @typeParam Fetch the type of the given fetch, which the answer keeps
 * @throws InvalidSettingsError with every faulty option, or for what is no factory and no fetch
 */
export function protectFetch<Context = DefaultContext, Fetch extends AnyFetch = typeof globalThis.fetch>(
  factory: CircuitBreakerFactory<Context>,
  options: FetchOptions<Context> = {},
  fetch: Fetch = globalThis.fetch as unknown as Fetch,
): ProtectedFetch<Fetch, Context> {
  checkFetch(factory, fetch);
  const rules = readFetchOptions(options);
  const ask: (input: unknown, init: unknown) => Promise<Response> = fetch;
  const guarded = async (input: unknown, init?: unknown): Promise<Response> => {
    const breaker = breakerOf(factory, rules, askedOf(input, init));
    if (breaker === null) return ask(input, init);
    const signal = signalOf(input, init);
    let permit: Permit;
    try {
      permit = await breaker.start(signal === undefined ? {} : { signal });
    } catch (error) {
      if (rules.refusal === 'response' && isCircuitryError(error)) return refusalResponse(error);
      throw error;
    }
    return observed(new ObservedCall(permit, rules, signal), () => ask(input, init));
  };
  return guarded as unknown as ProtectedFetch<Fetch, Context>;
}

async function observed(call: ObservedCall, fetch: () => Promise<Response>): Promise<Response> {
  let response: Response;
  try {
    response = await fetch();
  } catch (error) {
    await call.reportError(error);
    throw error;
  }
  const { status, headers } = response;
  const outcome = call.outcomeOf({ status, header: (name) => headerOf(headers, name) });
  const copy = kindOf(outcome) === 'failure' ? null : observeBody(response, () => new BodyWatch(call, outcome));
  if (copy !== null) return copy;
  await call.report(outcome);
  return response;
}

/** Looks at what `fetch` was given, and takes nothing out of it: not the body, not a Request's stream. */
function askedOf(input: unknown, init: unknown): Asked {
  const request = isRequest(input) ? input : null;
  const given = (init ?? {}) as { method?: string; headers?: unknown };
  return {
    url: request?.url ?? String(input),
    method: given.method ?? request?.method,
    options: init,
    // fetch lets init's headers replace the request's, all of them.
    header: (name) => headerOf(given.headers ?? request?.headers, name),
  };
}

function signalOf(input: unknown, init: unknown): AbortSignal | undefined {
  // Null in init takes the request's signal away.
  const given = (init as { signal?: unknown } | null | undefined)?.signal;
  return asSignal(given !== undefined || !isRequest(input) ? given : input.signal);
}

/** By shape: it may be another library's. */
function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'url' in input && typeof input.url === 'string';
}
