import type { CircuitRecord, CircuitState, Counters } from '../../contract/record.js';
import { verdictOf, missingTrials } from '../rules/closing.js';
import { counter } from '../facts/counter-names.js';
import { endOf, hasEnded, isCalm, isClearDue, isFromAhead, toldUntil, waitsIn } from '../record/ends.js';
import type { Information } from '../facts/information.js';
import { effectiveState, informationOf } from '../record/information-of.js';
import { momentAfter } from '../facts/moment.js';
import { nextSince, type NextRecord } from '../record/revision.js';
import type { Rules } from '../rules/rules.js';
import { RecordCounts } from '../record/record-counts.js';

/** Why a record was stored anew. */
export type TransitionReason =
  /** The trip rule was met: closed -> open. */
  | 'tripped'
  /** The dependency said when to come back: closed or half-open -> open, until then. */
  | 'told'
  /** An operator opened it in the ordinary way: trials follow. */
  | 'tripped-by-operator'
  /** The open time is over: open -> half-open. */
  | 'trial-round'
  /** The trials of a round came to nothing in time; a further round begins. Observed, not announced. */
  | 'new-round'
  /** Enough trials succeeded: half-open -> closed. */
  | 'trials-succeeded'
  /** Too many trials failed: half-open -> open. */
  | 'trials-failed'
  /** A cyclic clear. Observed, not announced. */
  | 'cleared'
  /** An operator's hand. */
  | 'forced-open'
  | 'forced-closed'
  | 'released'
  | 'reset'
  /** An override's `until` is over. */
  | 'override-lapsed';

/** A store that is due: the shell stamps `next`, stores it on `before`'s revision, and asks again. */
export interface Transition {
  readonly reason: TransitionReason;
  /** Effective states: what callers met before and will meet. */
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly before: CircuitRecord | null;
  readonly next: NextRecord;
  /** Counters that `next` carries over, or that would decide otherwise: the store must not pass if they moved (clause S4). */
  readonly expect?: Counters;
  /** Whether `next` holds a trial ticket for whoever stores it. */
  readonly ticket: boolean;
}

/**
 * What a start that read `record` must store first; null: nothing, decide on it as it stands.
 *
 * Order: an override hides everything; its lapse; the end of the open time; a decided round (its decider may have died
 * before the store), a round whose time is over; a trip (its finder may have died as well). What a dependency told comes
 * before all that outcomes decide.
 *
 * @param failure what is known of the failure that decided it, for operators; null: nothing
 */
export function dueTransition(
  record: CircuitRecord | null,
  now: number,
  rules: Rules,
  failure: string | null = null,
): Transition | null {
  if (record === null) return null;
  if (record.override !== null)
    return hasEnded(record, now, rules) ? cleanClosed(record, now, rules, 'override-lapsed') : null;
  if (record.state === 'open')
    return hasEnded(record, now, rules) ? beginRound(record, now, rules, 'trial-round') : null;
  const decided = decidedTransition(record, now, rules, failure);
  if (decided !== null || record.state === 'closed') return decided;
  return hasEnded(record, now, rules) ? beginRound(record, now, rules, 'new-round') : null;
}

/**
 * What outcomes alone have decided: all that an end may store. A due cyclic clear comes before a trip, but not before what
 * a dependency told: that is no count, and holds until its time is over.
 *
 * @param failure what is known of the failure that decided it, for operators; null: nothing
 */
export function decidedTransition(
  record: CircuitRecord,
  now: number,
  rules: Rules,
  failure: string | null = null,
): Transition | null {
  if (record.override !== null || record.state === 'open') return null;
  const until = toldUntil(record.counters, now, rules);
  if (until > 0) return opened(record, now, rules, 'told', failure, until);
  if (record.state === 'closed') {
    if (record.expiresAt !== null && isClearDue(record, now, rules)) return null;
    if (!rules.trip.trips(new RecordCounts(record, now, rules))) return null;
    return opened(record, now, rules, 'tripped', failure);
  }
  switch (verdictOf(rules.closing, record.counters)) {
    case 'close':
      return {
        ...cleanClosed(record, now, rules, 'trials-succeeded', null, record.openings),
        // The outcome of a trial that was given up comes beside the round's own: a failure among them must not be lost.
        expect: { [counter.trialsFailed]: record.counters[counter.trialsFailed] ?? 0 },
      };
    case 'reopen':
      return opened(record, now, rules, 'trials-failed', failure);
    case 'undecided':
      return null;
  }
}

/**
 * The record as callers meet it at `now`: what is due applied, nothing stored, no ticket taken.
 *
 * What time alone made due waits for a call from the moment when it became due, so it has no end of its own yet: `since` and
 * `expiresAt` are the same at every read.
 */
export function effectiveRecord(record: CircuitRecord | null, now: number, rules: Rules): CircuitRecord | null {
  if (record === null) return null;
  // One is all: what a transition makes lasts at least 1 ms, and has no counts that decide anything.
  const due = dueTransition(record, now, rules);
  if (due === null)
    return isClearDue(record, now, rules) ? { ...cleared(record, now, rules), expiresAt: null } : record;
  const { revision, by } = record;
  if (!byTime.has(due.reason)) return { ...due.next, revision, by };
  const counters: Record<string, number> = { ...due.next.counters };
  if (due.ticket) counters[counter.trialsStarted] = 0;
  delete counters[counter.trialsDeadline];
  return { ...due.next, since: endOf(record, now, rules) as number, expiresAt: null, counters, revision, by };
}

/** Transitions that time makes due. */
const byTime: ReadonlySet<TransitionReason> = new Set(['trial-round', 'new-round', 'override-lapsed']);

/** A closed record whose counts start afresh. `since` stays, so that calls in flight still count. */
export function cleared(record: CircuitRecord, now: number, rules: Rules): CircuitRecord {
  // But not one of a clock ahead: the clear would be due again at once.
  const since = isFromAhead(record, now, rules) ? nextSince(record, now, rules) : record.since;
  return { ...record, generation: record.generation + 1, since, counters: {} };
}

/**
 * A closed state with no past: what every operator's call, every lapse and every close store.
 *
 * @param openings of a close: a trip within the calm period counts on from there
 */
export function cleanClosed(
  before: CircuitRecord | null,
  now: number,
  rules: Rules,
  reason: TransitionReason,
  override: CircuitRecord['override'] = null,
  openings = 0,
): Transition {
  const next: NextRecord = {
    state: 'closed',
    generation: (before?.generation ?? 0) + 1,
    openings,
    since: nextSince(before, now, rules),
    // Under an override nothing is cleared: counts are shown to its operator as they are.
    expiresAt: override === null ? nextClear(now, rules) : null,
    override,
    lastFailure: null,
    counters: {},
  };
  return { reason, from: effectiveState(before), to: override?.state ?? 'closed', before, next, ticket: false };
}

/** When counts starting at `now` are cleared, ms since the epoch; null: never. */
export function nextClear(now: number, rules: Rules): number | null {
  return rules.cyclicClearAfter === null ? null : momentAfter(now, rules.cyclicClearAfter);
}

/**
 * An open state. Opening again within one incident keeps the generation; the first opening begins an incident.
 *
 * @param failure what is known of the failure that opened it
 * @param until when it ends, ms since the epoch; by default after `allowAfter`
 */
export function opened(
  before: CircuitRecord,
  now: number,
  rules: Rules,
  reason: 'tripped' | 'told' | 'trials-failed' | 'tripped-by-operator',
  failure: string | null,
  until?: number,
): Transition {
  const isFirst = before.state === 'closed';
  const openings = isFirst && isCalm(before, now, rules) ? 1 : before.openings + 1;
  const lastFailure = failure ?? (isFirst ? null : before.lastFailure);
  const next: NextRecord = {
    state: 'open',
    generation: before.generation + (isFirst ? 1 : 0),
    openings,
    since: nextSince(before, now, rules),
    expiresAt: until ?? momentAfter(now, rules.allowAfter(openings, lastFailure)),
    override: null,
    lastFailure,
    counters: {},
  };
  const transition: Transition = { reason, from: effectiveState(before), to: 'open', before, next, ticket: false };
  if (reason === 'tripped-by-operator') return transition;
  // What another call is told meanwhile must not be lost.
  return { ...transition, expect: waitsIn(before.counters) };
}

/** The counters of a sample: what a further round inherits from the one before it. */
const sample = [
  counter.consecutiveFailures,
  counter.consecutiveSuccesses,
  counter.totalFailures,
  counter.totalSuccesses,
  counter.totalIgnored,
  counter.totalSlow,
  counter.trialsSucceeded,
  counter.trialsFailed,
] as const;

/** A round of trials, the first ticket taken for its own caller. */
function beginRound(before: CircuitRecord, now: number, rules: Rules, reason: 'trial-round' | 'new-round'): Transition {
  const deadline = momentAfter(now, rules.trialLease);
  const carried: Record<string, number> = {};
  const expect: Record<string, number> = {};
  if (reason === 'new-round') {
    for (const name of sample) {
      expect[name] = before.counters[name] ?? 0;
      if (expect[name] !== 0) carried[name] = expect[name];
    }
    // A trial that renewed its lease at the last moment lives: its round must not be taken from under it.
    for (const name of [counter.trialsStarted, counter.trialsDeadline]) expect[name] = before.counters[name] ?? 0;
  }
  const next: NextRecord = {
    state: 'half-open',
    generation: before.generation,
    openings: before.openings,
    since: nextSince(before, now, rules),
    expiresAt: deadline,
    override: null,
    lastFailure: before.lastFailure,
    counters: {
      ...carried,
      [counter.trialsStarted]: 1,
      [counter.trialsLimit]: missingTrials(rules.closing, carried),
      [counter.trialsDeadline]: deadline,
    },
  };
  const from = effectiveState(before);
  return { reason, from, to: 'half-open', before, next, expect, ticket: true };
}

/** What `onStateChange` is told: the counts that led to the transition, as they were. */
export function informationBefore(transition: Transition, now: number, rules: Rules): Information {
  return informationOf(transition.before, now, rules);
}
