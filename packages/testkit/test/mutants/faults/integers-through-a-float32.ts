import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

const largest = Number.MAX_SAFE_INTEGER;

/** Counters go through a 32-bit float. */
class IntegersThroughAFloat32 extends ReferenceBackend {
  protected override encode(record: CircuitRecord): string {
    const counters = Object.entries(record.counters).map(
      ([name, value]) => [name, Math.round(Math.fround(value))] as const,
    );
    return super.encode({
      ...record,
      counters: Object.fromEntries(
        counters.map(([name, value]) => [name, Math.max(-largest, Math.min(largest, value))]),
      ),
    });
  }
}

export const harness: StorageHarness = harnessOf(IntegersThroughAFloat32);
