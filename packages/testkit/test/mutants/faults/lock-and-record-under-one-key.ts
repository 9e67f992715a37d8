import type { Lease } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Lock and record share a key, as in the original’s Redis backend. */
class LockAndRecordUnderOneKey extends ReferenceBackend {
  protected override take(name: string, key: string, lease: number): Omit<Lease, 'left'> {
    const taken = super.take(name, key, lease);
    this.server.entries.set(this.key(name), { text: String(taken.token), endsAt: this.server.now() + lease });
    return taken;
  }

  protected override releaseNow(name: string, owner: object): void {
    super.releaseNow(name, owner);
    this.server.entries.delete(this.key(name));
  }
}

export const harness: StorageHarness = harnessOf(LockAndRecordUnderOneKey);
