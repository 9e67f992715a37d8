import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Store compares revisions as text of fourteen digits. */
class StoreComparesFourteenDigits extends ReferenceBackend {
  protected override sameRevision(verb: 'apply' | 'store', stored: number, given: number): boolean {
    return verb === 'store' ? stored.toPrecision(14) === given.toPrecision(14) : stored === given;
  }
}

export const harness: StorageHarness = harnessOf(StoreComparesFourteenDigits);
