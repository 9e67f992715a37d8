import type { CircuitRecord, CircuitState, Counters } from '../contract/record.js';
import { verdictOf, missingTrials } from './closing.js';
import { counter } from './counter-names.js';
import { effectiveState, endOf, informationOf, type Information } from './information.js';
import { momentAfter } from './moment.js';
import { nextSince, type NextRecord } from './revision.js';
import type { Rules } from './rules.js';
import { RecordTally } from './tally.js';
import { trips } from './trip.js';

/** Why a record was stored anew. */
export type TransitionReason =
  /** The trip rule was met: closed -> open. */
  | 'tripped'
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
  /** Counters that `next` carries over: the store must not pass if they moved meanwhile (clause S4). */
  readonly expect?: Counters;
  /** Whether `next` holds a trial ticket for whoever stores it. */
  readonly ticket: boolean;
}

/**
 * What a start that read `record` must store first; null: nothing, decide on it as it stands.
 *
 * Order: an override hides everything; its lapse; the end of the open time; a decided round (its decider may have died
 * before the store), a round whose time is over; a trip (its finder may have died as well).
 */
export function dueTransition(record: CircuitRecord | null, now: number, rules: Rules): Transition | null {
  if (record === null) return null;
  if (record.override !== null)
    return hasEnded(record, now) ? cleanClosed(record, now, rules, 'override-lapsed') : null;
  if (record.state === 'open') return hasEnded(record, now) ? beginRound(record, now, rules, 'trial-round') : null;
  const decided = decidedTransition(record, now, rules);
  if (decided !== null || record.state === 'closed') return decided;
  return hasEnded(record, now) ? beginRound(record, now, rules, 'new-round') : null;
}

/** What outcomes alone have decided: all that an end may store. A due cyclic clear comes before a trip. */
export function decidedTransition(record: CircuitRecord, now: number, rules: Rules): Transition | null {
  if (record.override !== null || record.state === 'open') return null;
  if (record.state === 'closed') {
    if (isClearDue(record, now) || !trips(rules.trip, new RecordTally(record, now, rules))) return null;
    return open(record, now, rules, 'tripped');
  }
  switch (verdictOf(rules.closing, record.counters)) {
    case 'close':
      return cleanClosed(record, now, rules, 'trials-succeeded');
    case 'reopen':
      return open(record, now, rules, 'trials-failed');
    case 'undecided':
      return null;
  }
}

/** The record as callers meet it at `now`: what is due applied, nothing stored, no ticket taken. */
export function effectiveRecord(record: CircuitRecord | null, now: number, rules: Rules): CircuitRecord | null {
  // One is all: what a transition makes lasts at least 1 ms, and has no counts that decide anything.
  const due = dueTransition(record, now, rules);
  if (due === null) return record;
  const counters = due.ticket ? { ...due.next.counters, [counter.trialsStarted]: 0 } : due.next.counters;
  const { revision, by } = record as CircuitRecord;
  return { ...due.next, counters, revision, by };
}

/** A closed state with no past: what every operator's call, every lapse and every close store. */
export function cleanClosed(
  before: CircuitRecord | null,
  now: number,
  rules: Rules,
  reason: TransitionReason,
  override: CircuitRecord['override'] = null,
): Transition {
  const next: NextRecord = {
    state: 'closed',
    generation: (before?.generation ?? 0) + 1,
    openings: 0,
    since: nextSince(before, now),
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

/** Whether the cyclic clear of a closed record is due. The end of a period is inclusive. */
export function isClearDue(record: CircuitRecord, now: number): boolean {
  return record.state === 'closed' && record.override === null && hasEnded(record, now);
}

function hasEnded(record: CircuitRecord, now: number): boolean {
  const end = endOf(record);
  return end !== null && end <= now;
}

/** Opening again within one incident keeps the generation; the first opening begins an incident. */
function open(before: CircuitRecord, now: number, rules: Rules, reason: 'tripped' | 'trials-failed'): Transition {
  const openings = before.openings + 1;
  const next: NextRecord = {
    state: 'open',
    generation: before.generation + (reason === 'tripped' ? 1 : 0),
    openings,
    since: nextSince(before, now),
    expiresAt: momentAfter(now, rules.allowAfter(openings, before.lastFailure)),
    override: null,
    lastFailure: before.lastFailure,
    counters: {},
  };
  return { reason, from: effectiveState(before), to: 'open', before, next, ticket: false };
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
    since: nextSince(before, now),
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
