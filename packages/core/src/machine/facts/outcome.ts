import type { Duration } from '../../time/duration.js';

/** What a call came to, for the circuit. `'ignored'` says nothing about the dependency. */
export type OutcomeKind = 'success' | 'failure' | 'ignored';

/** A failure by which the dependency said when to come back (HTTP 429 with `Retry-After`). */
export interface ToldToWait {
  /** Always a failure. */
  readonly kind: 'failure';
  /** How long the circuit stays open, from 1 ms; capped by `maxOpenFor`. */
  readonly openFor: Duration;
}

/** One settled call. */
export interface Outcome {
  readonly kind: OutcomeKind;
  /** It took strictly longer than `slowCallAfter`. An ignored one is never slow. */
  readonly slow: boolean;
  /** When it settled, ms since the epoch by the store's clock as far as it is known. */
  readonly at: number;
  /** Told to wait: how long the circuit opens at once, ms, capped already; null: nobody said. Only with a failure. */
  readonly openFor: number | null;
  /** What `describeFailure` says of it, at most 256 bytes; null: nothing is known. Only with a failure. */
  readonly failure: string | null;
}

/** Sums of settled calls. */
export interface OutcomeTotals {
  readonly failures: number;
  readonly successes: number;
  readonly ignored: number;
  readonly slow: number;
}
