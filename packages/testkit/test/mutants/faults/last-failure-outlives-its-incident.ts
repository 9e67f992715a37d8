import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A store without a last failure keeps the old one. */
class LastFailureOutlivesItsIncident extends ReferenceBackend {
  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    const lastFailure = record.lastFailure ?? this.read(name, verb)?.lastFailure ?? null;
    super.write(name, { ...record, lastFailure }, ttl, verb);
  }
}

export const harness: StorageHarness = harnessOf(LastFailureOutlivesItsIncident);
