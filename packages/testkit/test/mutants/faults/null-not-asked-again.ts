import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, RowLockBackend } from '../reference/mutant.js';

/** Where a store from null found no record when it came, it writes over whatever is there when its turn has come. */
class NullNotAskedAgain extends RowLockBackend {
  protected override storeInTurn(
    seen: CircuitRecord | null,
    name: string,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Change {
    const now = this.read(name, 'store');
    const found = revision === null && seen === null ? (now?.revision ?? null) : revision;
    return super.storeInTurn(seen, name, found, next, options);
  }
}

export const harness: StorageHarness = harnessOf(NullNotAskedAgain);
