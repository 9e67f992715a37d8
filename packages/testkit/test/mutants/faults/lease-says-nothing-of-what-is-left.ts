import type { Lease, LockOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** What is left of a lease is not said. */
class LeaseSaysNothingOfWhatIsLeft extends ReferenceBackend {
  override async lock(name: string, options: LockOptions): Promise<Lease> {
    const { token, extend, release } = await super.lock(name, options);
    return { token, extend, release } as Lease;
  }
}

export const harness: StorageHarness = harnessOf(LeaseSaysNothingOfWhatIsLeft);
