import type { CircuitState, Override } from '../../contract/record.js';

/** Counts and rates over one window. */
export interface WindowInformation {
  /** Settled calls in the window. Ignored ones are not in it. */
  readonly calls: number;
  /** Those that failed, slow or not: 0 to `calls`. */
  readonly failures: number;
  /** Those that took longer than `slowCallAfter`, failed or not: 0 to `calls`. */
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
  /**
   * Grows by 1 when it trips, closes, is cleared, or an operator changes it; not while it tries and opens again. 0 while the
   * store has no record of it.
   */
  readonly generation: number;
  /** 0 while the store has no record of this circuit. */
  readonly revision: number;
  /** How often it opened in a row without a calm period in between; 0 once it has been closed for `calmPeriod`. */
  readonly openings: number;
  /** Failures since the last success or clear of the counts. Ignored calls change nothing. */
  readonly consecutiveFailures: number;
  /** Successes since the last failure or clear of the counts. Ignored calls change nothing. */
  readonly consecutiveSuccesses: number;
  /** Settled calls that were not ignored, since the counts were last cleared. */
  readonly total: number;
  /** Of `total`, those that failed. */
  readonly totalFailures: number;
  /** Of `total`, those that succeeded. With `counting: 'failures'` most successes are never counted. */
  readonly totalSuccesses: number;
  /** Settled calls that were ignored, since the counts were last cleared. They are not in `total`. */
  readonly totalIgnored: number;
  /** Of `total`, those that took longer than `slowCallAfter`, failed or not. */
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
  /** What an operator forced it to be, why and until when; null: nothing. */
  readonly override: Override | null;
  /** What is known of the failure that opened it, until it closes; null: nothing. */
  readonly lastFailure: string | null;
}
