import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Release deletes the lock without comparing its holder. */
class LateReleaseFreesTheNextHolder extends ReferenceBackend {
  protected override releaseNow(name: string, owner: object): void {
    const key = this.lockKey(name);
    const mine = this.server.holdings.get(key)?.owner === owner;
    if (!mine) this.server.holdings.delete(key);
    super.releaseNow(name, owner);
  }
}

export const harness: StorageHarness = harnessOf(LateReleaseFreesTheNextHolder);
