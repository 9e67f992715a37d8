import type { Counters, Delta } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A counter that comes to 0 is removed. */
class CountersVanishAtZero extends ReferenceBackend {
  protected override changed(counters: Counters, delta: Delta): Counters {
    return Object.fromEntries(Object.entries(super.changed(counters, delta)).filter(([, value]) => value !== 0));
  }
}

export const harness: StorageHarness = harnessOf(CountersVanishAtZero);
