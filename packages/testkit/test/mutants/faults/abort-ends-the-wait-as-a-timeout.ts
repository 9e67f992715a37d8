import { LockTimeoutError, type Lease, type LockOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Who aborts a wait is told that it timed out. */
class AbortEndsTheWaitAsATimeout extends ReferenceBackend {
  override async lock(name: string, options: LockOptions): Promise<Lease> {
    const { signal, ...rest } = options;
    const before = signal?.aborted === true;
    return super.lock(name, options).catch((error: unknown) => {
      throw signal?.aborted === true && !before ? new LockTimeoutError(name, rest.wait ?? 0) : error;
    });
  }
}

export const harness: StorageHarness = harnessOf(AbortEndsTheWaitAsATimeout);
