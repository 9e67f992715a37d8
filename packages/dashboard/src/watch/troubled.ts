import type { Clock, NamedRecord, StorageBackend } from '@circuitry/core';
import { isTroubled } from '@circuitry/core/backend';
import { faultOf } from '../records/fault.js';
import type { Fault } from '../protocol/answers.js';
import { within } from '../records/within.js';

/** The most troubled circuits that are looked at: beyond it, the page says that there are more. */
const mostTroubled = 10_000;
/** The most circuits that are looked at in a store without an index. */
const mostScanned = 20_000;
/** How long a listing may take, ms. */
const patience = 5_000;
/** An index may be behind by 5 s (clause I3). What has been closed for longer than this doesn't come from one. */
const indexDelay = 60_000;

/** The troubled circuits of one prefix, as last listed. */
export interface Snapshot {
  readonly records: ReadonlyMap<string, NamedRecord['record']>;
  /** ms since the epoch; null: never yet. */
  readonly asOf: number | null;
  readonly took: number | null;
  readonly fault: Fault | null;
  readonly isIndexed: boolean;
  readonly isComplete: boolean;
  readonly looked: number;
}

export const noSnapshot: Snapshot = {
  records: new Map(),
  asOf: null,
  took: null,
  fault: null,
  isIndexed: true,
  isComplete: true,
  looked: 0,
};

/**
 * Lists what is in trouble. A store that fails leaves what was known before, beside the fault.
 *
 * A backend that knows no `only` answers all its circuits. That is noticed by a circuit that no index would hold, and
 * from then on the walk is bounded by how many circuits are looked at.
 */
export async function listTroubled(
  backend: StorageBackend,
  prefix: string,
  clock: Clock,
  before: Snapshot,
): Promise<Snapshot> {
  const began = clock.now();
  const records = new Map<string, NamedRecord['record']>();
  let isIndexed = true;
  let isComplete = true;
  let looked = 0;
  try {
    await within(clock, patience, async (signal) => {
      for await (const { name, record } of backend.list({ prefix, only: 'troubled', pageSize: 500, signal })) {
        looked += 1;
        if (isTroubled(record)) records.set(name, record);
        else if (record.since + indexDelay < began) isIndexed = false;
        if (records.size >= mostTroubled || (!isIndexed && looked >= mostScanned)) {
          isComplete = false;
          break;
        }
      }
    });
  } catch (error) {
    return { ...before, fault: faultOf(error) };
  }
  const now = clock.now();
  return { records, asOf: now, took: Math.max(0, now - began), fault: null, isIndexed, isComplete, looked };
}
