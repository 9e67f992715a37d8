import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Delete can’t remove what it can’t read. */
class DeleteReadsFirst extends ReferenceBackend {
  protected override deleteNow(name: string): void {
    this.read(name, 'delete');
    super.deleteNow(name);
  }
}

export const harness: StorageHarness = harnessOf(DeleteReadsFirst);
