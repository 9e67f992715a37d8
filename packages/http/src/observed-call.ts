import type { Permit } from '@circuitry/core';
import type { HttpOutcome, HttpResponse, HttpRules } from './options.js';
import { outcomeOfError, outcomeOfResponse } from './outcome.js';
import { askRule } from './rule.js';

/** One request that was let through, until its outcome is reported: once, whoever comes first. */
export class ObservedCall {
  readonly rules: HttpRules;
  readonly #permit: Permit;
  readonly #signal: AbortSignal | undefined;
  readonly #onReported: () => void;
  #reported: Promise<void> | null = null;

  /**
   * @param signal the caller's
   * @param onReported the signal is of no use any more
   */
  constructor(permit: Permit, rules: HttpRules, signal: AbortSignal | undefined, onReported = (): void => {}) {
    this.#permit = permit;
    this.rules = rules;
    this.#signal = signal;
    this.#onReported = onReported;
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
    this.#reported ??= this.#over(end(this.#permit, outcome, error));
    return this.#reported;
  }

  /** Reports what an error says. */
  reportError(error: unknown): Promise<void> {
    const { errorOutcome } = this.rules;
    if (errorOutcome === 'factory') {
      this.#reported ??= this.#over(this.#permit.end(error ?? new Error('rejected without an error')));
      return this.#reported;
    }
    const { circuitName } = this.#permit;
    const answer = askRule('errorOutcome', errorOutcome, error, this.rules, circuitName);
    return this.report(answer ?? outcomeOfError(error, this.#signal, this.rules, circuitName), error);
  }

  #over(reporting: Promise<void>): Promise<void> {
    // Under 'throw' a permit tells what kept its outcome from the store. The factory's 'storageFailure' event tells as well.
    return reporting.catch(() => {}).finally(this.#onReported);
  }
}

async function end(permit: Permit, outcome: HttpOutcome, error: unknown): Promise<void> {
  if (typeof outcome === 'object') return permit.fail(error, { openFor: outcome.openFor });
  if (outcome === 'failure') return permit.fail(error);
  return outcome === 'success' ? permit.succeed() : permit.ignore();
}
