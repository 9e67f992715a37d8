import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Delete removes everything that begins with the name. */
class DeleteByPrefix extends ReferenceBackend {
  protected override deleteNow(name: string): void {
    for (const key of [...this.server.entries.keys()]) if (key.startsWith(name)) this.server.entries.delete(key);
  }
}

export const harness: StorageHarness = harnessOf(DeleteByPrefix);
