import type { Counters, Delta } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Of a delta with all three parts only two are sent. */
class DropForgottenBesideAddAndSet extends ReferenceBackend {
  protected override changed(counters: Counters, delta: Delta): Counters {
    const three = delta.add !== undefined && delta.set !== undefined && delta.drop !== undefined;
    return super.changed(counters, three ? { add: delta.add, set: delta.set } : delta);
  }
}

export const harness: StorageHarness = harnessOf(DropForgottenBesideAddAndSet);
