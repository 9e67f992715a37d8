import type { CircuitRecord } from '../../contract/record.js';
import type { NextRecord } from '../facts/next-record.js';
import { isFromAhead } from './ends.js';
import { momentOf } from '../facts/moment.js';
import type { Rules } from '../rules/rules.js';

export type { NextRecord } from '../facts/next-record.js';

/** How a circuit without a record reads: closed ever since. */
export const unrecorded: NextRecord = Object.freeze({
  state: 'closed',
  generation: 0,
  openings: 0,
  since: 0,
  expiresAt: null,
  override: null,
  lastFailure: null,
  counters: Object.freeze({}),
});

/** What makes a store's write its own: chance, handed in. */
export interface Stamp {
  /** 0 to 1, 1 excluded. */
  readonly chance: number;
  /** Unique per store call. */
  readonly by: string;
}

/** Above any clock before the year 2200; leaves room for growth by one. */
const greatestRevision = Number.MAX_SAFE_INTEGER - 2 ** 40;

/**
 * The record with its revision: max(now × 1024 + chance, previous + 1).
 *
 * It must grow at every store, and it must not repeat after the record expired, was deleted or flushed: a number that
 * starts again at 1 would let a write from before the flush pass as current.
 */
export function stamped(next: NextRecord, previous: CircuitRecord | null, now: number, stamp: Stamp): CircuitRecord {
  const byClock = Math.floor(now) * 1_024 + Math.floor(stamp.chance * 1_024);
  const revision = Math.max(Math.min(byClock, greatestRevision), (previous?.revision ?? 0) + 1, 1);
  return { ...next, revision, by: stamp.by };
}

/**
 * When a new state begins: now, but always after the state before it, or an old outcome could pass the fence. A clock that
 * was ahead must not be carried on into the new state: there it is now, whatever came before.
 */
export function nextSince(previous: CircuitRecord | null, now: number, rules: Rules): number {
  if (previous !== null && isFromAhead(previous, now, rules)) return momentOf(now);
  return Math.max(momentOf(now), (previous?.since ?? 0) + 1);
}
