import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The record expires when its state ends: an open circuit turns closed, as in the original’s Redis backend. */
class RecordEndsWithItsState extends ReferenceBackend {
  protected override endOf(ttl: number, name: string, record: CircuitRecord): number {
    return record.state === 'open' ? (record.expiresAt ?? Infinity) : super.endOf(ttl, name, record);
  }
}

export const harness: StorageHarness = harnessOf(RecordEndsWithItsState);
