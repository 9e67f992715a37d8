import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Counters are copied by assignment: `__proto__` is lost. */
class CountersInAPlainObject extends ReferenceBackend {
  protected override encode(record: CircuitRecord): string {
    const counters: Record<string, number> = {};
    for (const name of Object.keys(record.counters)) counters[name] = record.counters[name] as number;
    return super.encode({ ...record, counters });
  }
}

export const harness: StorageHarness = harnessOf(CountersInAPlainObject);
