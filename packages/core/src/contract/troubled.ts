import type { CircuitRecord } from './record.js';

/** Whether `list({ only: 'troubled' })` yields the record (clause I3): it is not closed, or under an override. */
export function isTroubled(record: CircuitRecord): boolean {
  return record.state !== 'closed' || record.override !== null;
}
