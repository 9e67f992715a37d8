import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Every write is announced, as a trigger on the row does. */
class AppliesAreAnnounced extends ReferenceBackend {
  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    super.write(name, record, ttl, verb);
    if (verb === 'apply') this.announce(name, record);
  }
}

export const harness: StorageHarness = harnessOf(AppliesAreAnnounced);
