import type { Counters, Delta } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** What a delta sets goes through a 32-bit integer. */
class MomentsCutTo32Bits extends ReferenceBackend {
  protected override changed(counters: Counters, delta: Delta): Counters {
    const set = Object.fromEntries(Object.entries(delta.set ?? {}).map(([name, value]) => [name, value | 0]));
    return super.changed(counters, { ...delta, set });
  }
}

export const harness: StorageHarness = harnessOf(MomentsCutTo32Bits);
