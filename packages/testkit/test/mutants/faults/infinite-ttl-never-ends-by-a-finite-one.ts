import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A record that was written for ever keeps no ttl. */
class InfiniteTtlNeverEndsByAFiniteOne extends ReferenceBackend {
  protected override endOf(ttl: number, name: string): number {
    return this.server.entries.get(this.key(name))?.endsAt === Infinity ? Infinity : this.server.now() + ttl;
  }
}

export const harness: StorageHarness = harnessOf(InfiniteTtlNeverEndsByAFiniteOne);
