import type { Permit } from '@circuitry/core';
import type { HttpOutcome, HttpRules } from './options.js';
import { outcomeOfError } from './outcome.js';

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
    return this.report(errorOutcome?.(error) ?? outcomeOfError(error, this.#signal, this.rules), error);
  }
}

async function end(permit: Permit, outcome: HttpOutcome, error: unknown): Promise<void> {
  if (typeof outcome === 'object') return permit.fail(error, { openFor: outcome.openFor });
  if (outcome === 'failure') return permit.fail(error);
  return outcome === 'success' ? permit.succeed() : permit.ignore();
}
