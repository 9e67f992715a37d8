import type { CircuitRecord } from '../../contract/record.js';
import { longestWait } from './ends.js';

/**
 * Until when a dependency told a circuit to wait that is not open yet, ms since the epoch; 0: it was not told, or that is over.
 *
 * Its worker died before it opened the circuit: the next call does, so whoever shows records shows it as open. How long the
 * workers' `maxOpenFor` lets it wait, a record does not say.
 */
export function toldUntil({ state, override, counters }: CircuitRecord, now: number): number {
  if (state === 'open' || override !== null) return 0;
  const until = longestWait(counters);
  return until > now ? until : 0;
}
