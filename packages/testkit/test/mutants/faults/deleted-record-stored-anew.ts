import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, RowLockBackend } from '../reference/mutant.js';

/** A store that finds no record when its turn has come, but found the right one when it came, inserts it: an upsert. */
class DeletedWhileItWaited extends RowLockBackend {
  protected override storeInTurn(
    seen: CircuitRecord | null,
    name: string,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Change {
    const isGone = seen !== null && seen.revision === revision && this.read(name, 'store') === null;
    return super.storeInTurn(seen, name, isGone ? null : revision, next, options);
  }
}

export const harness: StorageHarness = harnessOf(DeletedWhileItWaited);
