import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Store overwrites whatever is there, as the original and its peers do. */
class BlindOverwrite extends ReferenceBackend {
  protected override storeNow(
    name: string,
    _revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Change {
    this.write(name, next, options.ttl, 'store');
    this.announce(name, next);
    return this.change(true, next);
  }
}

export const harness: StorageHarness = harnessOf(BlindOverwrite);
