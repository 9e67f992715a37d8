import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** What opened the circuit is not written. */
class LastFailureLeftOut extends ReferenceBackend {
  protected override encode(record: CircuitRecord): string {
    return super.encode({ ...record, lastFailure: null });
  }
}

export const harness: StorageHarness = harnessOf(LastFailureLeftOut);
