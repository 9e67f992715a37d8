import { counterOf, type CircuitRecord, type Override } from '@circuitry/core';
import { toldUntil } from '@circuitry/core/backend';
import { counters } from './counters.js';

/** What an operator calls a circuit's state: an override is a state of its own. */
export type ShownState = 'closed' | 'open' | 'half-open' | 'forced-open' | 'forced-closed';

/** A circuit as an operator sees it. */
export interface CircuitView {
  readonly name: string;
  readonly state: ShownState;
  /** ms since the epoch; null: closed ever since it was first seen. */
  readonly since: number | null;
  /** When the state ends by itself, ms since the epoch; null: it does not. */
  readonly endsAt: number | null;
  readonly openings: number;
  readonly consecutiveFailures: number;
  readonly totalFailures: number;
  readonly totalSuccesses: number;
  readonly lastFailure: string | null;
  readonly override: Override | null;
}

/**
 * A record as an operator sees it at `now`: ends that are over are applied, as a call would apply them.
 *
 * Nothing here knows the settings of the workers. A trip that is due and that nobody stored is theirs to find.
 */
export function viewOf(name: string, record: CircuitRecord, now: number): CircuitView {
  const { state, since, endsAt, override } = situationOf(record, now);
  return {
    name,
    state,
    since: since === 0 ? null : since,
    endsAt,
    openings: record.openings,
    consecutiveFailures: counterOf(record.counters, counters.consecutiveFailures),
    totalFailures: counterOf(record.counters, counters.totalFailures),
    totalSuccesses: counterOf(record.counters, counters.totalSuccesses),
    lastFailure: record.lastFailure ?? null,
    override,
  };
}

type Situation = Pick<CircuitView, 'state' | 'endsAt' | 'override'> & { readonly since: number };

function situationOf(record: CircuitRecord, now: number): Situation {
  const { override, since, expiresAt } = record;
  if (override !== null) {
    if (override.until !== null && override.until <= now)
      return { state: 'closed', since: override.until, endsAt: null, override: null };
    return { state: `forced-${override.state}`, since, endsAt: override.until, override };
  }
  const told = toldUntil(record, now);
  if (told > 0) return { state: 'open', since, endsAt: told, override };
  if (record.state === 'open' && expiresAt !== null && expiresAt <= now)
    return { state: 'half-open', since: expiresAt, endsAt: null, override };
  if (record.state !== 'half-open') return { state: record.state, since, endsAt: expiresAt, override };
  const deadline = Math.max(expiresAt ?? 0, counterOf(record.counters, counters.trialsDeadline));
  return { state: 'half-open', since, endsAt: deadline > now ? deadline : null, override };
}

/** The view as scripts read it: times as ISO 8601, spans in ms. */
export function jsonOf(view: CircuitView, now: number): Readonly<Record<string, unknown>> {
  const { since, endsAt, override, ...rest } = view;
  return {
    ...rest,
    since: isoOf(since),
    endsAt: isoOf(endsAt),
    endsIn: endsAt === null ? null : Math.max(0, endsAt - now),
    override: override && { ...override, until: isoOf(override.until) },
  };
}

function isoOf(time: number | null): string | null {
  // Some stores hold times that no calendar has.
  return time === null || Math.abs(time) > 8.64e15 ? null : new Date(time).toISOString();
}
