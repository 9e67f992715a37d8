import { isCircuitryError } from '@circuitry/core';

/** A refusal's `retryAfter` in whole seconds, rounded up: the value of a Retry-After header. Null where nobody knows. */
export function retryAfterHeader(refusal: unknown): string | null {
  const { retryAfter } = (refusal ?? {}) as { retryAfter?: unknown };
  return typeof retryAfter === 'number' ? String(Math.ceil(retryAfter / 1000)) : null;
}

/**
 * A refusal as an answer of HTTP: 503, Retry-After where it is known, and a problem document with the error's code. It names
 * no circuit, so that it may be passed on to a client.
 *
 * @throws TypeError for what is no error of circuitry
 */
export function refusalResponse(refusal: unknown): Response {
  if (!isCircuitryError(refusal)) {
    throw new TypeError(
      "refusalResponse takes an error of circuitry. Look with isCircuitryError() first, and rethrow what isn't.",
    );
  }
  const after = retryAfterHeader(refusal);
  const problem = { title: 'Service Unavailable', status: 503, code: refusal.code };
  return new Response(JSON.stringify(problem), {
    status: 503,
    statusText: 'Service Unavailable',
    headers: { 'content-type': 'application/problem+json', ...(after === null ? {} : { 'retry-after': after }) },
  });
}
