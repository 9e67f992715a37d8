import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, RowLockBackend } from '../reference/mutant.js';

/** The revision is compared when a store's turn has come, `expect` when it came and not again: a NOT EXISTS in its SQL. */
class ExpectNotAskedAgain extends RowLockBackend {
  protected override storeInTurn(
    seen: CircuitRecord | null,
    name: string,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Change {
    if (!this.meets(seen, options.expect)) return this.lost(name, this.read(name, 'store'), options, next);
    return super.storeInTurn(seen, name, revision, next, { ttl: options.ttl });
  }
}

export const harness: StorageHarness = harnessOf(ExpectNotAskedAgain);
