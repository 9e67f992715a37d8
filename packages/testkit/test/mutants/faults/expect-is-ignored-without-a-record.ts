import type { CircuitRecord, Counters } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** `expect` is not looked at where there is no record. */
class ExpectIsIgnoredWithoutARecord extends ReferenceBackend {
  protected override meets(record: CircuitRecord | null, expect: Counters | undefined): boolean {
    return record === null || super.meets(record, expect);
  }
}

export const harness: StorageHarness = harnessOf(ExpectIsIgnoredWithoutARecord);
