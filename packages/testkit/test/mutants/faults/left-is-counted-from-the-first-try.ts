import type { Lease, LockOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** What is left is counted from when the call began, its waiting included. */
class LeftIsCountedFromTheFirstTry extends ReferenceBackend {
  override async lock(name: string, options: LockOptions): Promise<Lease> {
    const began = this.server.now();
    const lease = await super.lock(name, options);
    const left = options.lease - (this.server.now() - began) * 10;
    return { ...lease, left };
  }
}

export const harness: StorageHarness = harnessOf(LeftIsCountedFromTheFirstTry);
