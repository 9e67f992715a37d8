import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The prefix is handed to a pattern match. */
class PrefixIsAPattern extends ReferenceBackend {
  protected override matches(name: string, prefix: string): boolean {
    const pattern = prefix
      .replaceAll(/[.+^${}()|\\[\]]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${pattern}`, 's').test(name);
  }
}

export const harness: StorageHarness = harnessOf(PrefixIsAPattern);
