import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** An apply whose condition fails answers null. */
class LostApplyAnswersNothing extends ReferenceBackend {
  protected override lost(
    name: string,
    record: CircuitRecord | null,
    options: StoreOptions,
    next?: CircuitRecord,
  ): Change {
    return super.lost(name, next === undefined ? null : record, options, next);
  }
}

export const harness: StorageHarness = harnessOf(LostApplyAnswersNothing);
