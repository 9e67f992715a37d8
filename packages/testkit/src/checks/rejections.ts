import { CheckFailure, must, type Facts } from '../conformance/telling/failure.js';
import { causeOfLookAlike } from '../conformance/telling/unbranded.js';
import { show, showError } from '../conformance/telling/show.js';
import { isCircuitryError, type CircuitryErrorCode } from '@circuitry/core';

/** What a call rejected with; fails where it answered instead. */
export async function rejectionOf(run: () => Promise<unknown>, facts: Omit<Facts, 'seen'>): Promise<unknown> {
  let answer: unknown;
  try {
    answer = await run();
  } catch (error) {
    if (error instanceof CheckFailure) throw error;
    return error;
  }
  throw new CheckFailure({ ...facts, seen: `it answered ${show(answer, 300)}` });
}

/** Fails unless the call rejects with one of this library’s errors, and that very code. Answers the error. */
export async function mustRejectWith(
  code: CircuitryErrorCode,
  run: () => Promise<unknown>,
  facts: Pick<Facts, 'did' | 'cause'>,
): Promise<unknown> {
  const expected = `a rejection with one of this library’s errors, code ${code}`;
  const error = await rejectionOf(run, { ...facts, expected });
  must(isCircuitryError(error, code), () => ({
    ...facts,
    expected,
    seen: `it rejected with ${showError(error)}`,
    cause: causeOfLookAlike(error) ?? facts.cause,
  }));
  return error;
}
