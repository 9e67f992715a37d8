import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A lost store answers the record that its caller wanted. */
class LosersGetTheirOwnRecord extends ReferenceBackend {
  protected override lost(
    name: string,
    record: CircuitRecord | null,
    options: StoreOptions,
    next?: CircuitRecord,
  ): Change {
    return super.lost(name, next ?? record, options, next);
  }
}

export const harness: StorageHarness = harnessOf(LosersGetTheirOwnRecord);
