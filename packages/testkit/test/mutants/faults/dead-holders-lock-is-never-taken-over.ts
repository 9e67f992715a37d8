import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A lease never ends by itself, as in the original’s DynamoDB backend. */
class DeadHoldersLockIsNeverTakenOver extends ReferenceBackend {
  protected override isHeld(): boolean {
    return true;
  }
}

export const harness: StorageHarness = harnessOf(DeadHoldersLockIsNeverTakenOver);
