import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Each process counts its own tokens. */
class TokensAreOneSeriesPerProcess extends ReferenceBackend {
  private count = 0;

  protected override nextToken(): number {
    return (this.count += 1);
  }
}

export const harness: StorageHarness = harnessOf(TokensAreOneSeriesPerProcess);
