import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Names share 24 locks by a hash. */
class LocksStripedOverFewKeys extends ReferenceBackend {
  protected override lockKey(name: string): string {
    let sum = 0;
    for (let index = 0; index < name.length; index += 1) sum += name.charCodeAt(index);
    return String(sum % 24);
  }
}

export const harness: StorageHarness = harnessOf(LocksStripedOverFewKeys);
