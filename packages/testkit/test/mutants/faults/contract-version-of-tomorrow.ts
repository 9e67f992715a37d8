import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The backend claims a version of the contract that does not exist yet. */
class ContractVersionOfTomorrow extends ReferenceBackend {
  override readonly contractVersion = 2 as unknown as 1;
}

export const harness: StorageHarness = harnessOf(ContractVersionOfTomorrow);
