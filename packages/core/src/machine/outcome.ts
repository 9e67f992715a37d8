/** What a call came to, for the circuit. `'ignored'` says nothing about the dependency. */
export type OutcomeKind = 'success' | 'failure' | 'ignored';

/** One settled call. */
export interface Outcome {
  readonly kind: OutcomeKind;
  /** It took strictly longer than `slowCallAfter`. An ignored one is never slow. */
  readonly slow: boolean;
  /** When it settled, ms since the epoch by the store's clock as far as it is known. */
  readonly at: number;
}

/** Sums of settled calls. */
export interface OutcomeTotals {
  readonly failures: number;
  readonly successes: number;
  readonly ignored: number;
  readonly slow: number;
}
