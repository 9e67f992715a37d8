import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Records live for ever. */
class TtlNeverSet extends ReferenceBackend {
  protected override endOf(): number {
    return Infinity;
  }
}

export const harness: StorageHarness = harnessOf(TtlNeverSet);
