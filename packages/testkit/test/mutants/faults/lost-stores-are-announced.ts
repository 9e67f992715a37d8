import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A store is announced before it is known to be applied. */
class LostStoresAreAnnounced extends ReferenceBackend {
  protected override lost(
    name: string,
    record: CircuitRecord | null,
    options: StoreOptions,
    next?: CircuitRecord,
  ): Change {
    if (next !== undefined) this.announce(name, next);
    return super.lost(name, record, options, next);
  }
}

export const harness: StorageHarness = harnessOf(LostStoresAreAnnounced);
