import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The ttl is shortened by a fifth, “to be on the safe side”. */
class TtlEndsAFifthEarly extends ReferenceBackend {
  protected override endOf(ttl: number): number {
    return this.server.now() + ttl * 0.8;
  }
}

export const harness: StorageHarness = harnessOf(TtlEndsAFifthEarly);
