import type { CircuitRecord, CircuitState } from '../contract/record.js';
import { unrecorded } from './revision.js';

/**
 * What an outcome presents: the state, and its beginning, in which its call was admitted.
 *
 * The second of the two fences. `revision` guards writes and changes at every store; an outcome must survive stores
 * that leave the state alone (the record's creation, a cyclic clear), or a long job's failure would count for nothing.
 */
export interface Fence {
  readonly state: CircuitState;
  readonly since: number;
}

/** The fence of calls admitted by this record; null, no record, reads as closed ever since. */
export function fenceOf(record: CircuitRecord | null): Fence {
  return record ?? unrecorded;
}

/** Whether an outcome with this fence still counts in this record; otherwise it came too late. */
export function isCurrent(fence: Fence, record: CircuitRecord | null): boolean {
  if (record === null) return fence.state === 'closed';
  if (fence.state !== record.state) return false;
  // A closed record that is `since` 0 was made after the older one expired or was flushed under a long job.
  return fence.since === record.since || (record.state === 'closed' && record.since === 0);
}

/** Whether outcomes with these fences may share a write. */
export function sameFence(a: Fence, b: Fence): boolean {
  return a.state === b.state && a.since === b.since;
}
