import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The revision is compared in the client: read, compare, write. */
class ConditionReadBeforeTheWrite extends ReferenceBackend {
  override async store(
    name: string,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Promise<Change> {
    const { record } = await this.retrieve(name, options);
    if ((record?.revision ?? null) !== revision || !this.meets(record, options.expect))
      return this.change(false, record);
    return this.send('store', name, options, () => {
      this.write(name, next, options.ttl, 'store');
      this.announce(name, next);
      return this.change(true, next);
    });
  }
}

export const harness: StorageHarness = harnessOf(ConditionReadBeforeTheWrite);
