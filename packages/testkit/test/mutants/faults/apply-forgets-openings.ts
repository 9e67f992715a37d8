import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Apply writes the record without one of its fields. */
class ApplyForgetsOpenings extends ReferenceBackend {
  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    super.write(name, verb === 'apply' ? { ...record, openings: 0 } : record, ttl, verb);
  }
}

export const harness: StorageHarness = harnessOf(ApplyForgetsOpenings);
