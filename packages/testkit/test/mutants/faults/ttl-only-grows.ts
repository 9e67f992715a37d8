import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A shorter ttl does not take over from a longer one. */
class TtlOnlyGrows extends ReferenceBackend {
  protected override endOf(ttl: number, name: string): number {
    const before = this.server.entries.get(this.key(name))?.endsAt ?? 0;
    return Math.max(this.server.now() + ttl, before === Infinity ? 0 : before);
  }
}

export const harness: StorageHarness = harnessOf(TtlOnlyGrows);
