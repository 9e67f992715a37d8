import type { CircuitRecord, Override } from '../../contract/record.js';
import { shortened } from '../facts/last-failure.js';
import { momentAfter } from '../facts/moment.js';
import { unrecorded } from '../record/revision.js';
import type { Rules } from '../rules/rules.js';
import { cleanClosed, opened, type Transition } from './transition.js';

/** An operator forces the circuit open or closed. Also over an earlier override, and from no record at all. */
export function forced(record: CircuitRecord | null, override: Override, now: number, rules: Rules): Transition {
  return cleanClosed(record, now, rules, override.state === 'open' ? 'forced-open' : 'forced-closed', override);
}

/** An operator lets go: a clean closed state. Null where there is no override to release. */
export function released(record: CircuitRecord | null, now: number, rules: Rules): Transition | null {
  return record === null || record.override === null ? null : cleanClosed(record, now, rules, 'released');
}

/** An operator starts the circuit afresh, whatever it was. */
export function reset(record: CircuitRecord | null, now: number, rules: Rules): Transition {
  return cleanClosed(record, now, rules, 'reset');
}

/** What an operator says who trips a circuit. */
export interface HandTrip {
  /** How long the circuit stays open, ms; null: for `allowAfter`. */
  readonly length: number | null;
  /** Why; null where nobody said. */
  readonly reason: string | null;
  /** Who; null where nobody said. */
  readonly by: string | null;
}

/**
 * An operator opens the circuit in the ordinary way: trials follow. Over an override, which it ends; over an open state
 * too, which it prolongs or shortens and which counts as the same opening.
 */
export function trippedByHand(
  record: CircuitRecord | null,
  now: number,
  rules: Rules,
  { length, reason, by }: HandTrip,
): Transition {
  const told = `tripped by ${by ?? 'an operator'}${reason === null ? '' : `: ${reason}`}`;
  const before = record ?? { ...unrecorded, revision: 0, by: '' };
  const isOpen = before.state === 'open' && before.override === null;
  const until = length === null ? undefined : momentAfter(now, length);
  const counted = isOpen ? { ...before, openings: Math.max(0, before.openings - 1) } : before;
  const transition = opened(counted, now, rules, 'tripped-by-operator', shortened(told), until);
  return { ...transition, before: record };
}
