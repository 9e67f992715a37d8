import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Names are normalised. */
class NamesNormalised extends ReferenceBackend {
  protected override key(name: string): string {
    return name.normalize('NFC');
  }
}

export const harness: StorageHarness = harnessOf(NamesNormalised);
