import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Names are trimmed. */
class NamesTrimmed extends ReferenceBackend {
  protected override key(name: string): string {
    return name.trim() || name;
  }
}

export const harness: StorageHarness = harnessOf(NamesTrimmed);
