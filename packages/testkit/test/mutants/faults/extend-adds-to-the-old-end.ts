import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Extend adds to the lease’s old end instead of moving it to now + ms. */
class ExtendAddsToTheOldEnd extends ReferenceBackend {
  protected override extendNow(name: string, owner: object, ms: number): void {
    const before = this.server.holdings.get(this.lockKey(name))?.endsAt ?? 0;
    super.extendNow(name, owner, before - this.server.now() + ms);
  }
}

export const harness: StorageHarness = harnessOf(ExtendAddsToTheOldEnd);
