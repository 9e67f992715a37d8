import type { CallOptions, Reading } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Arguments are checked before the first promise: the caller’s catch never sees the fault. */
class ThrowsSynchronously extends ReferenceBackend {
  override retrieve(name: string, options?: CallOptions): Promise<Reading> {
    this.checkName(name);
    return super.retrieve(name, options);
  }
}

export const harness: StorageHarness = harnessOf(ThrowsSynchronously);
