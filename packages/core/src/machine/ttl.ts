import type { CircuitRecord, Delta } from '../contract/record.js';
import { counter } from './counter-names.js';
import { endOf } from './information.js';
import type { NextRecord } from './revision.js';
import type { Rules } from './rules.js';

/**
 * How long a record must outlive a write, ms: what is left of its state's end, round's deadline or override, plus
 * `retention`; Infinity under an override without end.
 *
 * An open circuit must never expire into a closed one, which is what a ttl equal to the open time does.
 */
export function ttlOf(record: NextRecord, now: number, rules: Rules, delta?: Delta): number {
  if (record.override !== null && record.override.until === null) return Infinity;
  const deadline = delta?.set?.[counter.trialsDeadline] ?? 0;
  const end = Math.max(endOf(record as CircuitRecord) ?? 0, deadline);
  return Math.max(0, Math.ceil(end - now)) + rules.retention;
}
