import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Closing one handle closes what all of them share. */
class ClosingOneClosesAll extends ReferenceBackend {
  override async close(): Promise<void> {
    this.server.down = true;
    await super.close();
  }
}

export const harness: StorageHarness = harnessOf(ClosingOneClosesAll);
