import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** An apply whose condition fails answers revision and counters, and leaves the times out. */
class LostApplyAnswersASummary extends ReferenceBackend {
  protected override lost(
    name: string,
    record: CircuitRecord | null,
    options: StoreOptions,
    next?: CircuitRecord,
  ): Change {
    const summary = record === null || next !== undefined ? record : { ...record, since: 0 };
    return super.lost(name, summary, options, next);
  }
}

export const harness: StorageHarness = harnessOf(LostApplyAnswersASummary);
