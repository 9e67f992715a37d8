import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, RowLockBackend } from '../reference/mutant.js';

/** A store whose revision was right when it came replaces whatever record is there when its turn has come. */
class RevisionOfAStoreNotAskedAgain extends RowLockBackend {
  protected override storeInTurn(
    seen: CircuitRecord | null,
    name: string,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Change {
    const now = this.read(name, 'store');
    const passed = now !== null && seen !== null && seen.revision === revision;
    return super.storeInTurn(seen, name, passed ? now.revision : revision, next, options);
  }
}

export const harness: StorageHarness = harnessOf(RevisionOfAStoreNotAskedAgain);
