import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Every record is yielded, whatever is asked for. */
class TroubledIsNotLookedAt extends ReferenceBackend {
  protected override isInTrouble(): boolean {
    return true;
  }
}

export const harness: StorageHarness = harnessOf(TroubledIsNotLookedAt);
