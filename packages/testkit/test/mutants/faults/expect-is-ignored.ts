import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** `expect` is not looked at. */
class ExpectIsIgnored extends ReferenceBackend {
  protected override meets(): boolean {
    return true;
  }
}

export const harness: StorageHarness = harnessOf(ExpectIsIgnored);
