import type { CircuitRecord, Override } from '../contract/record.js';
import type { Rules } from './rules.js';
import { cleanClosed, type Transition } from './transition.js';

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
