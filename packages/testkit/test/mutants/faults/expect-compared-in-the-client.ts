import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** `expect` is compared with what was read before the write. */
class ExpectComparedInTheClient extends ReferenceBackend {
  override async store(
    name: string,
    revision: number | null,
    next: CircuitRecord,
    options: StoreOptions,
  ): Promise<Change> {
    const { record } = await this.retrieve(name, options);
    if (!this.meets(record, options.expect)) return this.change(false, record);
    return super.store(name, revision, next, { ttl: options.ttl, ...(options.signal && { signal: options.signal }) });
  }
}

export const harness: StorageHarness = harnessOf(ExpectComparedInTheClient);
