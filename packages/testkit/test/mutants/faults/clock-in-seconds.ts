import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The store’s clock is given in seconds. */
class ClockInSeconds extends ReferenceBackend {
  protected override time(): { readonly now: number } {
    return { now: Math.floor(this.server.now() / 1_000) };
  }
}

export const harness: StorageHarness = harnessOf(ClockInSeconds);
