import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Entry } from '../reference/server.js';

/** A store that `expect` refuses has written its state already. */
class LostStoreLeavesItsState extends ReferenceBackend {
  protected override lost(
    name: string,
    record: CircuitRecord | null,
    options: StoreOptions,
    next?: CircuitRecord,
  ): Change {
    if (record !== null && next !== undefined && options.expect !== undefined && !this.meets(record, options.expect)) {
      const { endsAt } = this.server.entries.get(this.key(name)) as Entry;
      const torn = { ...record, state: next.state, since: next.since, expiresAt: next.expiresAt };
      this.server.entries.set(this.key(name), { text: this.encode(torn), endsAt });
    }
    return super.lost(name, record, options, next);
  }
}

export const harness: StorageHarness = harnessOf(LostStoreLeavesItsState);
