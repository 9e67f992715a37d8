import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Names are folded to lower case. */
class NamesFoldedToLowerCase extends ReferenceBackend {
  protected override key(name: string): string {
    return name.toLowerCase();
  }
}

export const harness: StorageHarness = harnessOf(NamesFoldedToLowerCase);
