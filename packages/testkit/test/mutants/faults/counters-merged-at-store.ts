import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A store keeps the counters that the new record lacks. */
class CountersMergedAtStore extends ReferenceBackend {
  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    const old = verb === 'store' ? this.read(name, 'store') : null;
    super.write(
      name,
      old === null ? record : { ...record, counters: { ...old.counters, ...record.counters } },
      ttl,
      verb,
    );
  }
}

export const harness: StorageHarness = harnessOf(CountersMergedAtStore);
