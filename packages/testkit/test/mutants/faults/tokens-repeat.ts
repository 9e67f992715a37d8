import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The counter of tokens goes with the lock. */
class TokensRepeat extends ReferenceBackend {
  protected override nextToken(): number {
    return 1;
  }
}

export const harness: StorageHarness = harnessOf(TokensRepeat);
