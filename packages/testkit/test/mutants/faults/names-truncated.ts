import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Names are cut to 1,000 characters. */
class NamesTruncated extends ReferenceBackend {
  protected override key(name: string): string {
    return name.slice(0, 1_000);
  }
}

export const harness: StorageHarness = harnessOf(NamesTruncated);
