import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Apply compares revisions as text of fourteen digits, as a script that prints floats does. */
class ApplyComparesFourteenDigits extends ReferenceBackend {
  protected override sameRevision(verb: 'apply' | 'store', stored: number, given: number): boolean {
    return verb === 'apply' ? stored.toPrecision(14) === given.toPrecision(14) : stored === given;
  }
}

export const harness: StorageHarness = harnessOf(ApplyComparesFourteenDigits);
