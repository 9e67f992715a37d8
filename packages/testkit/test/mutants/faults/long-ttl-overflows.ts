import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A ttl of more than 2^31 ms turns negative. */
class LongTtlOverflows extends ReferenceBackend {
  protected override endOf(ttl: number): number {
    return this.server.now() + (ttl === Infinity ? Infinity : ttl | 0);
  }
}

export const harness: StorageHarness = harnessOf(LongTtlOverflows);
