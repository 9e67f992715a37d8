import type { Permit } from '@circuitry/core';
import type { HttpOutcome, HttpResponse, HttpRules } from './options.js';
import { outcomeOfError, outcomeOfResponse } from './outcome.js';
import { askRule } from './rule.js';

/** One request that was let through, until its outcome is reported: once, whoever comes first. */
export class ObservedCall {
  readonly rules: HttpRules;
  readonly #permit: Permit;
  readonly #signal: AbortSignal | undefined;
  #reported: Promise<void> | null = null;

  /** @param signal the caller's */
  constructor(permit: Permit, rules: HttpRules, signal: AbortSignal | undefined) {
    this.#permit = permit;
    this.rules = rules;
    this.#signal = signal;
  }

  /** Whether the caller has aborted it. */
  get isCancelled(): boolean {
    return this.#signal?.aborted === true;
  }

  get isReported(): boolean {
    return this.#reported !== null;
  }

  /** What an answer's head says. */
  outcomeOf(response: HttpResponse): HttpOutcome {
    return outcomeOfResponse(response, this.rules, this.#permit.circuitName);
  }

  /** Resolves once the outcome is reported, this one or an earlier one. Never rejects: a caller gets the answer he asked for. */
  report(outcome: HttpOutcome, error?: unknown): Promise<void> {
    this.#reported ??= end(this.#permit, outcome, error).catch(() => {
      // Under 'throw' a permit tells what kept its outcome from the store. The factory's 'storageFailure' event tells as well.
    });
    return this.#reported;
  }

  /** Reports what an error says. */
  reportError(error: unknown): Promise<void> {
    const { errorOutcome } = this.rules;
    if (errorOutcome === 'factory') {
      this.#reported ??= this.#permit.end(error ?? new Error('rejected without an error')).catch(() => {});
      return this.#reported;
    }
    const { circuitName } = this.#permit;
    const answer = askRule('errorOutcome', errorOutcome, error, this.rules, circuitName);
    return this.report(answer ?? outcomeOfError(error, this.#signal, this.rules, circuitName), error);
  }
}

async function end(permit: Permit, outcome: HttpOutcome, error: unknown): Promise<void> {
  if (typeof outcome === 'object') return permit.fail(error, { openFor: outcome.openFor });
  if (outcome === 'failure') return permit.fail(error);
  return outcome === 'success' ? permit.succeed() : permit.ignore();
}
