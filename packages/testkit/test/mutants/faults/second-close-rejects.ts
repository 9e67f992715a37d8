import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The second close rejects. */
class SecondCloseRejects extends ReferenceBackend {
  override async close(): Promise<void> {
    this.refuseIfOver(undefined);
    await super.close();
  }
}

export const harness: StorageHarness = harnessOf(SecondCloseRejects);
