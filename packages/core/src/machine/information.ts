import type { CircuitRecord, CircuitState, Override } from '../contract/record.js';
import { counter } from './counter-names.js';
import { endOf, isCalm } from './ends.js';
import type { Rules } from './rules.js';
import type { WindowSums } from './window-row.js';
import { Window } from './window.js';

/** Counts and rates over one window. */
export interface WindowInformation {
  /** Settled calls in the window. */
  readonly calls: number;
  /** Failed calls in the window. */
  readonly failures: number;
  /** Slow calls in the window. */
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
  /** Counts incidents: it grows at a trip, a close, a clear and an operator's deed. */
  readonly generation: number;
  /** 0 while the store has no record of this circuit. */
  readonly revision: number;
  /** How often it opened in a row without a calm period in between; 0 once it has been closed for `calmPeriod`. */
  readonly openings: number;
  /** Failures since the last success. */
  readonly consecutiveFailures: number;
  /** Successes since the last failure. */
  readonly consecutiveSuccesses: number;
  /** Settled calls that were not ignored, since the counts were last cleared. */
  readonly total: number;
  /** Failures, since the counts were last cleared. */
  readonly totalFailures: number;
  /** Successes, since the counts were last cleared. */
  readonly totalSuccesses: number;
  /** Ignored outcomes, since the counts were last cleared. */
  readonly totalIgnored: number;
  /** Slow calls, since the counts were last cleared. */
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
  /** An operator's; null: none. */
  readonly override: Override | null;
  /** What is known of the failure that opened it, until it closes; null: nothing. */
  readonly lastFailure: string | null;
}

/** The information in a record as it stands; expiry is the caller's to apply first (`effectiveRecord`). */
export function informationOf(record: CircuitRecord | null, now: number, rules: Rules): Information {
  const counters = record?.counters ?? {};
  const count = (name: string): number => counters[name] ?? 0;
  const state = effectiveState(record);
  const end = endOf(record, now, rules);
  const windows = rules.windows.map((spec) => ratesOf(new Window(spec, counters, now).sumsAt(now)));
  return {
    state,
    generation: record?.generation ?? 0,
    revision: record?.revision ?? 0,
    openings: openingsOf(record, now, rules),
    consecutiveFailures: count(counter.consecutiveFailures),
    consecutiveSuccesses: count(counter.consecutiveSuccesses),
    total: count(counter.totalFailures) + count(counter.totalSuccesses),
    totalFailures: count(counter.totalFailures),
    totalSuccesses: count(counter.totalSuccesses),
    totalIgnored: count(counter.totalIgnored),
    totalSlow: count(counter.totalSlow),
    window: rules.trip.needsSuccesses ? (windows[0] ?? null) : null,
    windows,
    trials: state === 'half-open' ? { started: count(counter.trialsStarted), limit: count(counter.trialsLimit) } : null,
    since: record?.since ?? 0,
    expiresAfter: end === null ? null : new Date(end),
    override: record?.override ?? null,
    lastFailure: record?.lastFailure ?? null,
  };
}

/** The state that callers meet: an override wins over what is stored. */
export function effectiveState(record: CircuitRecord | null): CircuitState {
  return record === null ? 'closed' : (record.override?.state ?? record.state);
}

function openingsOf(record: CircuitRecord | null, now: number, rules: Rules): number {
  if (record === null || (record.state === 'closed' && isCalm(record, now, rules))) return 0;
  return record.openings;
}

/** What a window holds, with its rates. */
export function ratesOf({ calls, failures, slow }: WindowSums): WindowInformation {
  return {
    calls,
    failures,
    slow,
    failureRate: calls === 0 ? 0 : failures / calls,
    slowRate: calls === 0 ? 0 : slow / calls,
  };
}
