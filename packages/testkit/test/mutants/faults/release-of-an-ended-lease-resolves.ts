import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A lease that ended is released in silence while nobody else has the lock. */
class ReleaseOfAnEndedLeaseResolves extends ReferenceBackend {
  protected override releaseNow(name: string, owner: object): void {
    const held = this.server.holdings.get(this.lockKey(name));
    if (held?.owner === owner) this.server.holdings.delete(this.lockKey(name));
    else super.releaseNow(name, owner);
  }
}

export const harness: StorageHarness = harnessOf(ReleaseOfAnEndedLeaseResolves);
