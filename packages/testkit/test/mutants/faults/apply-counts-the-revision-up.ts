import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Every write, apply as well, gets a new revision. */
class ApplyCountsTheRevisionUp extends ReferenceBackend {
  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    super.write(name, verb === 'apply' ? { ...record, revision: record.revision + 1 } : record, ttl, verb);
  }
}

export const harness: StorageHarness = harnessOf(ApplyCountsTheRevisionUp);
