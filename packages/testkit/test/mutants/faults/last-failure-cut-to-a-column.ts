import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The column for what opened the circuit is too narrow. */
class LastFailureCutToAColumn extends ReferenceBackend {
  protected override encode(record: CircuitRecord): string {
    return super.encode({ ...record, lastFailure: record.lastFailure && record.lastFailure.slice(0, 64) });
  }
}

export const harness: StorageHarness = harnessOf(LastFailureCutToAColumn);
