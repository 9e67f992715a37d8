import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The ttl is cut to whole seconds. */
class TtlCutToWholeSeconds extends ReferenceBackend {
  protected override endOf(ttl: number): number {
    return this.server.now() + Math.floor(ttl / 1_000) * 1_000;
  }
}

export const harness: StorageHarness = harnessOf(TtlCutToWholeSeconds);
