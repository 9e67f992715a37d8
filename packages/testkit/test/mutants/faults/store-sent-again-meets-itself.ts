import { isCircuitryError, type Change, type CircuitRecord, type StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The client sends a store again when its answer got lost; the second one meets what the first one stored. */
class StoreSentAgainMeetsItself extends ReferenceBackend {
  override async store(
    name: string,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Promise<Change> {
    for (;;) {
      try {
        return await super.store(name, revision, next, options);
      } catch (error) {
        if (!isCircuitryError(error, 'ERR_STORAGE')) throw error;
        while (this.server.losing) await this.server.pause(5);
        this.refuseIfOver(options.signal);
      }
    }
  }
}

export const harness: StorageHarness = harnessOf(StoreSentAgainMeetsItself, { outage: false });
