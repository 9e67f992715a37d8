import type { CircuitRecord, Delta } from '../../contract/record.js';
import { counter } from '../facts/counter-names.js';
import { endOf } from './ends.js';
import { momentAfter } from '../facts/moment.js';
import type { NextRecord } from './revision.js';
import type { Rules } from '../rules/rules.js';

/**
 * How long a record must outlive a write, ms: what is left of its state's end, round's deadline, `told.until` or override, plus
 * `retention`; Infinity under an override without end.
 *
 * An open circuit must never expire into a closed one, which is what a ttl equal to the open time does.
 */
export function ttlOf(record: NextRecord, now: number, rules: Rules, delta?: Delta): number {
  if (record.override !== null && record.override.until === null) return Infinity;
  const { trialsDeadline, toldUntil } = counter;
  const set = delta?.set;
  const told = Math.max(record.counters[toldUntil] ?? 0, set?.[toldUntil] ?? 0);
  const deadline = set?.[trialsDeadline] ?? 0;
  // What a dependency said must outlive a worker who dies before it opens the circuit, but no longer than it may hold.
  const until = Math.min(told, momentAfter(now, rules.maxOpenFor));
  const end = Math.max(endOf(record as CircuitRecord, now, rules) ?? 0, deadline, until);
  return Math.max(0, Math.ceil(end - now)) + rules.retention;
}
