import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A caller that does not want to wait waits for seven seconds. */
class LockWithoutWaitWaitsAllTheSame extends ReferenceBackend {
  protected override defaultWait(): number {
    return 7_000;
  }
}

export const harness: StorageHarness = harnessOf(LockWithoutWaitWaitsAllTheSame);
