import type { Counters, Delta } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** What is added can’t bring a counter below 0. */
class CountersNeverBelowZero extends ReferenceBackend {
  protected override changed(counters: Counters, delta: Delta): Counters {
    const next = super.changed(counters, delta);
    return Object.fromEntries(
      Object.entries(next).map(([name, value]) => [name, name in (delta.add ?? {}) ? Math.max(0, value) : value]),
    );
  }
}

export const harness: StorageHarness = harnessOf(CountersNeverBelowZero);
