/** What the page is told of circuits: plain data, read by the server's side and by the page's. */

/** The state that calls meet now, with expiry applied. */
export type ShownState = 'closed' | 'open' | 'half-open';

/** An operator's hand, as stored. */
export interface ShownOverride {
  readonly state: 'open' | 'closed';
  readonly reason: string | null;
  readonly by: string | null;
  /** ms since the epoch; null: until released. */
  readonly until: number | null;
}

/** One circuit in a list. */
export interface CircuitView {
  /** In the store. */
  readonly name: string;
  /** What kind of work it protects: the name's first part. */
  readonly kind: string;
  readonly state: ShownState;
  readonly override: ShownOverride | null;
  /** When this state or round began, ms since the epoch; 0: closed ever since it was first seen. */
  readonly since: number;
  /** When this state, round or override ends by itself, ms since the epoch; null: it does not. */
  readonly until: number | null;
  /** Open, and its pause is over: the next call is a trial. */
  readonly isDue: boolean;
  /** How often it opened in a row without closing. */
  readonly openings: number;
  readonly consecutiveFailures: number;
  /** What opened it; null where nobody knows. */
  readonly lastFailure: string | null;
  /** Of a half-open round; null in another state. */
  readonly trials: Trials | null;
  /** Guards an act against a change that the operator has not seen; 0: there is no record. */
  readonly revision: number;
}

/** The trials of a half-open round. */
export interface Trials {
  readonly started: number;
  readonly limit: number;
  readonly succeeded: number;
}

/** Counts since they were last cleared. */
export interface Totals {
  readonly successes: number;
  readonly failures: number;
  readonly ignored: number;
  readonly slow: number;
}

/** One bar of a window's chart. */
export interface WindowCell {
  /** When it began, ms since the epoch; null in a window of calls. */
  readonly from: number | null;
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

/** A window that the circuit's trip rules count in. */
export interface WindowView {
  /** `{ kind: 'time' }`: of the last `length` ms; `'calls'`: of the last `length` calls. */
  readonly kind: 'time' | 'calls';
  readonly length: number;
  /** Oldest first, the empty ones included. */
  readonly cells: readonly WindowCell[];
}

/** A transition that the panel saw. */
export interface Seen {
  readonly name: string;
  /** ms since the epoch, by the panel's clock. */
  readonly at: number;
  readonly state: ShownState;
  readonly override: ShownOverride | null;
  readonly lastFailure: string | null;
  /** When that state ends by itself, ms since the epoch; null: it does not. */
  readonly until: number | null;
}

/** A transition as it is pushed to lists of a kind. */
export interface Change extends Seen {
  /** What kind of work the circuit protects, as in {@link CircuitView}. */
  readonly kind: string;
}

/** A line of the settings that the panel was given. */
export interface ShownSetting {
  readonly name: string;
  readonly value: string;
}

/** All about one circuit. */
export interface CircuitDetail extends CircuitView {
  /** Counts incidents. */
  readonly generation: number;
  readonly totals: Totals;
  readonly windows: readonly WindowView[];
  /** Newest first. */
  readonly seen: readonly Seen[];
  /** Since when the panel has watched, ms since the epoch; null: this store does not push. */
  readonly watchedSince: number | null;
  /** How long it stays open after a trip, ms; null: the panel was not told. */
  readonly allowAfter: number | null;
  /** Null where the panel was given none. */
  readonly settings: readonly ShownSetting[] | null;
}
