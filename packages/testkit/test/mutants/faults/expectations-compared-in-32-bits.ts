import type { CircuitRecord, Counters } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** What is expected of a counter is compared in 32 bits. */
class ExpectationsComparedIn32Bits extends ReferenceBackend {
  protected override meets(record: CircuitRecord | null, expect: Counters | undefined): boolean {
    const cut = (counters: Counters): Counters =>
      Object.fromEntries(Object.entries(counters).map(([name, value]) => [name, value >>> 0]));
    return super.meets(record && { ...record, counters: cut(record.counters) }, expect && cut(expect));
  }
}

export const harness: StorageHarness = harnessOf(ExpectationsComparedIn32Bits);
