import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Only store sets the ttl. */
class ApplyDoesNotRenewTheTtl extends ReferenceBackend {
  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    const { endsAt } = this.server.entries.get(this.key(name)) ?? { endsAt: Infinity };
    super.write(name, record, verb === 'apply' ? endsAt - this.server.now() : ttl, verb);
  }
}

export const harness: StorageHarness = harnessOf(ApplyDoesNotRenewTheTtl);
