import type { CircuitRecord } from '../../contract/record.js';
import type { NextRecord } from '../record/revision.js';
import type { Transition } from './transition.js';

/**
 * The same open state for longer: another worker made the opening that this one wanted, and a dependency told this one to
 * wait longer. Nobody is told, for the circuit stays open. Null: it is another opening, or long enough.
 *
 * @param wanted what this worker would have stored
 * @param until ms since the epoch
 */
export function extended(record: CircuitRecord, wanted: NextRecord, until: number): Transition | null {
  const { state, override, generation, openings } = record;
  const isSame = state === 'open' && wanted.state === 'open' && override === null;
  if (!isSame || generation !== wanted.generation || openings !== wanted.openings) return null;
  if (until <= (record.expiresAt ?? 0)) return null;
  const { since, lastFailure, counters } = record;
  const next: NextRecord = { state, generation, openings, since, expiresAt: until, override, lastFailure, counters };
  return { reason: 'told', from: 'open', to: 'open', before: record, next, ticket: false };
}
