import type { CircuitRecord, CircuitState } from '../../contract/record.js';
import { counter } from '../facts/counter-names.js';
import type { Information, WindowInformation } from '../facts/information.js';
import type { Rules } from '../rules/rules.js';
import type { WindowSums } from '../window/window-row.js';
import { Window } from '../window/window.js';
import { endOf, isCalm } from './ends.js';

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
    override: record?.override ? { ...record.override } : null,
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
