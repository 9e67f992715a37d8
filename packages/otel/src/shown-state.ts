import type { CircuitRecord } from '@circuitry/core';

/** States that are counted: all but closed. */
export type CountedState = 'open' | 'half-open' | 'forced-open' | 'forced-closed';

/** In the order in which they are told. */
export const shownStates: readonly CountedState[] = ['open', 'half-open', 'forced-open', 'forced-closed'];

/** What callers meet at `now`: an override that lapsed is none, an open circuit that is due is half-open. */
export function shownState({ state, override, expiresAt }: CircuitRecord, now: number): CountedState | 'closed' {
  if (override !== null)
    return override.until !== null && override.until <= now ? 'closed' : `forced-${override.state}`;
  if (state === 'open' && expiresAt !== null && expiresAt <= now) return 'half-open';
  return state;
}
