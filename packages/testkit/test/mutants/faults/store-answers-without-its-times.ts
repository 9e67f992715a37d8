import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** An applied store answers a record whose times are left out. */
class StoreAnswersWithoutItsTimes extends ReferenceBackend {
  protected override storeNow(
    name: string,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Change {
    const change = super.storeNow(name, revision, next, options);
    return change.applied ? { ...change, record: { ...next, since: 0 } } : change;
  }
}

export const harness: StorageHarness = harnessOf(StoreAnswersWithoutItsTimes);
