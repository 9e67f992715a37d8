import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A store must have a greater revision, and revisions are compared as text: 10 is not after 9. */
class RevisionsInTextOrder extends ReferenceBackend {
  protected override storeNow(
    name: string,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Change {
    const record = this.read(name, 'store');
    if (record !== null && String(next.revision) <= String(record.revision)) return this.change(false, record);
    return super.storeNow(name, revision, next, options);
  }
}

export const harness: StorageHarness = harnessOf(RevisionsInTextOrder);
