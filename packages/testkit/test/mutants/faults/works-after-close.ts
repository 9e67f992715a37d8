import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Calls after close go on as if nothing had happened. */
class WorksAfterClose extends ReferenceBackend {
  override async close(): Promise<void> {
    // The client is left to the garbage collector.
  }
}

export const harness: StorageHarness = harnessOf(WorksAfterClose);
