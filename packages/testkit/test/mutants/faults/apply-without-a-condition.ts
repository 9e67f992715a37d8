import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Apply adds to whatever record is there. */
class ApplyWithoutACondition extends ReferenceBackend {
  protected override sameRevision(verb: 'apply' | 'store', stored: number, given: number): boolean {
    return verb === 'apply' || stored === given;
  }
}

export const harness: StorageHarness = harnessOf(ApplyWithoutACondition);
