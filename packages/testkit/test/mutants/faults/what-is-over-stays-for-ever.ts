import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A record whose time is over is treated as absent, and nobody ever removes it. */
class WhatIsOverStaysForEver extends ReferenceBackend {
  // As it is: what is missing is a sweep.
}

export const harness: StorageHarness = harnessOf(WhatIsOverStaysForEver, { sweep: () => {} });
