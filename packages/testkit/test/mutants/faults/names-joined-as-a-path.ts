import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Names become a path, in which empty parts fall away. */
class NamesJoinedAsAPath extends ReferenceBackend {
  protected override key(name: string): string {
    return ['circuits', ...name.split('/').filter((part) => part !== '')].join('/');
  }

  protected override nameOf(key: string): string {
    return key.slice('circuits/'.length);
  }
}

export const harness: StorageHarness = harnessOf(NamesJoinedAsAPath);
