import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A signal that was aborted before the call is not looked at. */
class AbortedSignalIsNotLookedAt extends ReferenceBackend {
  protected override refuseBefore(): void {
    super.refuseBefore(undefined);
  }
}

export const harness: StorageHarness = harnessOf(AbortedSignalIsNotLookedAt);
