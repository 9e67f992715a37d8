import type { CircuitRecord, CircuitState } from '../../contract/record.js';

/**
 * What an outcome presents: the state, and its beginning, in which its call was admitted.
 *
 * The second of the two fences. `revision` guards writes and changes at every store; an outcome must survive stores
 * that leave the state alone (the record's creation, a cyclic clear), or a long job's failure would count for nothing.
 *
 * A record is the fence of the calls that it admitted; where there is none, `unrecorded` is.
 */
export interface Fence {
  readonly state: CircuitState;
  readonly since: number;
  /** Of a trial that was given up: it counts in each round of this incident until one is decided, whenever that began. */
  readonly incident?: Incident;
}

/** What a close, a reopening and an operator's hand change, and a further round does not. */
interface Incident {
  readonly generation: number;
  readonly openings: number;
}

/**
 * The fence of a trial that its living worker gave up at `longestTrial`, whose ticket went back. Its round may be over by
 * the time its outcome comes. Were that late, work that takes longer than a trial may would never close a circuit.
 *
 * @param record the round that the trial belongs to
 */
export function givenUpFenceOf({ state, since, generation, openings }: CircuitRecord): Fence {
  return { state, since, incident: { generation, openings } };
}

/** Whether an outcome with this fence still counts in this record; otherwise it came too late. */
export function isCurrent(fence: Fence, record: CircuitRecord | null): boolean {
  if (record === null) return fence.state === 'closed';
  if (fence.state !== record.state) return false;
  if (fence.incident !== undefined) return isOf(fence.incident, record);
  // A closed record that is `since` 0 was made after the older one expired or was flushed under a long job.
  return fence.since === record.since || (record.state === 'closed' && record.since === 0);
}

/** Whether outcomes with these fences may share a write. */
export function sameFence(a: Fence, b: Fence): boolean {
  if (a.incident === undefined || b.incident === undefined)
    return a.incident === b.incident && a.state === b.state && a.since === b.since;
  return a.state === b.state && isOf(a.incident, b.incident);
}

function isOf(incident: Incident, other: Incident): boolean {
  return incident.generation === other.generation && incident.openings === other.openings;
}
