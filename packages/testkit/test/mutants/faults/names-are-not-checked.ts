import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** No name is refused. */
class NamesAreNotChecked extends ReferenceBackend {
  protected override checkName(): void {
    // Whatever it is, it is sent.
  }
}

export const harness: StorageHarness = harnessOf(NamesAreNotChecked, { outage: false });
