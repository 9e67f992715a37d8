import type { CircuitRecord } from '@circuitry/core';
import { toldUntil } from '@circuitry/core/backend';

/** States that are counted: all but closed. */
export type CountedState = 'open' | 'half-open' | 'forced-open' | 'forced-closed';

/** In the order in which they are told. */
export const shownStates: readonly CountedState[] = ['open', 'half-open', 'forced-open', 'forced-closed'];

/**
 * What callers meet at `now`: an override that lapsed is none, an open circuit that is due is half-open, and a round whose
 * trial was told to wait is over.
 */
export function shownState(record: CircuitRecord, now: number): CountedState | 'closed' {
  const { state, override, expiresAt } = record;
  if (override !== null)
    return override.until !== null && override.until <= now ? 'closed' : `forced-${override.state}`;
  if (toldUntil(record, now) > 0) return 'open';
  if (state === 'open' && expiresAt !== null && expiresAt <= now) return 'half-open';
  return state;
}
