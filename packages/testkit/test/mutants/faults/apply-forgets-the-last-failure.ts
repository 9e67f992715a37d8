import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Apply writes the record without what opened it. */
class ApplyForgetsTheLastFailure extends ReferenceBackend {
  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    super.write(name, verb === 'apply' ? { ...record, lastFailure: null } : record, ttl, verb);
  }
}

export const harness: StorageHarness = harnessOf(ApplyForgetsTheLastFailure);
