import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, FarBackend } from '../reference/mutant.js';

/** A lease is taken for whole whenever its answer comes. */
class LateLeaseIsHandedOut extends FarBackend {
  protected override left(lease: number): number {
    return lease;
  }
}

export const harness: StorageHarness = harnessOf(LateLeaseIsHandedOut);
