import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The length of a name is counted in characters, not in bytes. */
class LongNamesCountedInCharacters extends ReferenceBackend {
  protected override checkName(name: string): void {
    super.checkName(name.length > 1 ? name.replaceAll('é', 'e') : name);
  }
}

export const harness: StorageHarness = harnessOf(LongNamesCountedInCharacters, { outage: false });
