import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Delete removes everything under the name, the lock too. */
class DeleteFreesTheLock extends ReferenceBackend {
  protected override deleteNow(name: string): void {
    super.deleteNow(name);
    this.server.holdings.delete(this.lockKey(name));
  }
}

export const harness: StorageHarness = harnessOf(DeleteFreesTheLock);
