import type { Change, Delta, WriteOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Apply reads, adds and writes back in three steps. */
class IncrementInTheClient extends ReferenceBackend {
  override async apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const { record } = await this.retrieve(name, options);
    if (record === null || record.revision !== revision) return this.change(false, record);
    return this.send('apply', name, options, () => {
      const next = { ...record, counters: this.changed(record.counters, delta) };
      this.write(name, next, options.ttl, 'apply');
      return this.change(true, next);
    });
  }
}

export const harness: StorageHarness = harnessOf(IncrementInTheClient);
