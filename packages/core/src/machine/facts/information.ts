import type { CircuitState, Override } from '../../contract/record.js';

/** Counts and rates over one window. */
export interface WindowInformation {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
  /** failures / calls, 0 to 1; 0 without calls. */
  readonly failureRate: number;
  /** slow / calls, 0 to 1; 0 without calls. */
  readonly slowRate: number;
}

/** A circuit as a person, a log line or a trip function sees it. */
export interface Information {
  /** Under an override the effective one: `'open'` or `'closed'`. */
  readonly state: CircuitState;
  readonly generation: number;
  /** 0 while the store has no record of this circuit. */
  readonly revision: number;
  /** How often it opened in a row without a calm period in between; 0 once it has been closed for `calmPeriod`. */
  readonly openings: number;
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
  /** Settled calls that were not ignored, since the counts were last cleared. */
  readonly total: number;
  readonly totalFailures: number;
  readonly totalSuccesses: number;
  readonly totalIgnored: number;
  readonly totalSlow: number;
  /** Of the first rate rule; null without one. A function in `when` is shown its own here. */
  readonly window: WindowInformation | null;
  /** Of all rules, each window once; those of rates come first. */
  readonly windows: readonly WindowInformation[];
  /** Tickets of this half-open round; null in another state. */
  readonly trials: { readonly started: number; readonly limit: number } | null;
  /** When this state or round began, ms since the epoch; 0: closed ever since it was first seen. */
  readonly since: number;
  /** When this state, round or override ends by itself; null: it does not. */
  readonly expiresAfter: Date | null;
  readonly override: Override | null;
  /** What is known of the failure that opened it, until it closes; null: nothing. */
  readonly lastFailure: string | null;
}
