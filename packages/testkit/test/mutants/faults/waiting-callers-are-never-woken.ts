import { LockTimeoutError, isCircuitryError, type Lease, type LockOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A wait looks at the lock at its beginning and at its end only. */
class WaitingCallersAreNeverWoken extends ReferenceBackend {
  override async lock(name: string, options: LockOptions): Promise<Lease> {
    const { wait = 0, ...rest } = options;
    const first = await super.lock(name, rest).catch((error: unknown) => error as Error);
    if (!(first instanceof Error)) return first;
    if (wait === 0 || !isCircuitryError(first, 'ERR_LOCK_TIMEOUT')) throw first;
    const end = this.server.now() + wait;
    while (this.server.now() < end) {
      await this.server.pause(5);
      this.refuseIfOver(options.signal);
    }
    return super.lock(name, rest).catch((error: unknown) => {
      throw isCircuitryError(error, 'ERR_LOCK_TIMEOUT') ? new LockTimeoutError(name, wait) : error;
    });
  }
}

export const harness: StorageHarness = harnessOf(WaitingCallersAreNeverWoken);
