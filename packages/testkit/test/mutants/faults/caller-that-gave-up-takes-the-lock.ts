import { withSignal, type Lease, type LockOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A wait that was given up goes on in the store and takes the lock. */
class CallerThatGaveUpTakesTheLock extends ReferenceBackend {
  override async lock(name: string, options: LockOptions): Promise<Lease> {
    const { signal, ...rest } = options;
    if (signal === undefined || (options.wait ?? 0) === 0) return super.lock(name, options);
    return withSignal(super.lock(name, rest), signal);
  }
}

export const harness: StorageHarness = harnessOf(CallerThatGaveUpTakesTheLock);
