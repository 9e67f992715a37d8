import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The ttl is renewed by a command of its own, whatever came of the apply. */
class LostApplyRenewsTheTtl extends ReferenceBackend {
  protected override lost(
    name: string,
    record: CircuitRecord | null,
    options: StoreOptions,
    next?: CircuitRecord,
  ): Change {
    if (next === undefined && record !== null) this.write(name, record, options.ttl, 'apply');
    return super.lost(name, record, options, next);
  }
}

export const harness: StorageHarness = harnessOf(LostApplyRenewsTheTtl);
