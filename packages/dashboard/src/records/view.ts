import type { CircuitRecord } from '@circuitry/core';
import { toldUntil } from '@circuitry/core/backend';
import type { CircuitView, Seen, ShownOverride, ShownState, Totals, Trials } from '../protocol/circuit.js';

/**
 * A record as the page shows it, with expiry applied as core applies it: an override that lapsed is gone, and an open
 * circuit whose pause is over is half-open, for the next call is a trial.
 *
 * @param record null: the store has none, which is a closed circuit without counts
 */
export function viewOf(name: string, kind: string, record: CircuitRecord | null, now: number): CircuitView {
  const override = overrideAt(record, now);
  const lapsed = record !== null && record.override !== null && override === null;
  // Its worker died before it opened the circuit; the next call does.
  const told = record === null ? 0 : toldUntil(record, now);
  const state: ShownState = lapsed ? 'closed' : told > 0 ? 'open' : stateAt(record, now);
  const isDue = override === null && !lapsed && record?.state === 'open' && state === 'half-open';
  return {
    name,
    kind,
    state: override?.state ?? state,
    override,
    since: isDue ? (record.expiresAt ?? record.since) : (record?.since ?? 0),
    until: lapsed || isDue ? null : told > 0 ? told : endOf(record, override),
    isDue,
    openings: record?.openings ?? 0,
    consecutiveFailures: countIn(record, 'consecutive.failures'),
    lastFailure: record?.lastFailure ?? null,
    trials: override === null && state === 'half-open' && !isDue ? trialsOf(record) : null,
    revision: record?.revision ?? 0,
  };
}

/** Whether the page counts it as in trouble at `now`: a record in the index may have an override that lapsed. */
export function isInTrouble(view: CircuitView): boolean {
  return view.state !== 'closed' || view.override !== null;
}

export function totalsOf(record: CircuitRecord | null): Totals {
  return {
    successes: countIn(record, 'total.successes'),
    failures: countIn(record, 'total.failures'),
    ignored: countIn(record, 'total.ignored'),
    slow: countIn(record, 'total.slow'),
  };
}

/** A transition as the timeline keeps it. */
export function seenOf(name: string, record: CircuitRecord, at: number): Seen {
  const override = overrideAt(record, at);
  return {
    name,
    at,
    state: override?.state ?? record.state,
    override,
    lastFailure: record.lastFailure ?? null,
    until: endOf(record, override),
  };
}

function overrideAt(record: CircuitRecord | null, now: number): ShownOverride | null {
  if (record === null || record.override === null) return null;
  const { state, reason, by, until } = record.override;
  return until !== null && until <= now ? null : { state, reason, by, until };
}

function stateAt(record: CircuitRecord | null, now: number): ShownState {
  if (record === null) return 'closed';
  const isOver = record.expiresAt !== null && record.expiresAt <= now;
  return record.state === 'open' && isOver ? 'half-open' : record.state;
}

function endOf(record: CircuitRecord | null, override: ShownOverride | null): number | null {
  if (record === null) return null;
  if (override !== null) return override.until;
  if (record.state === 'half-open') return Math.max(record.expiresAt ?? 0, countIn(record, 'trials.deadline'));
  // A closed circuit's end is its next cyclic clear: nothing that an operator waits for.
  return record.state === 'open' ? record.expiresAt : null;
}

function trialsOf(record: CircuitRecord | null): Trials {
  return {
    started: countIn(record, 'trials.started'),
    limit: countIn(record, 'trials.limit'),
    succeeded: countIn(record, 'trials.succeeded'),
  };
}

/** The names are those that core stores: short, plain, and the same in every backend. */
function countIn(record: CircuitRecord | null, counter: string): number {
  return record?.counters[counter] ?? 0;
}
