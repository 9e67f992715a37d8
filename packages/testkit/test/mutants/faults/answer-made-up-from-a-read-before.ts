import type { Change, Delta, WriteOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The write is atomic, but its answer is what was read before it plus the delta. */
class AnswerMadeUpFromAReadBefore extends ReferenceBackend {
  override async apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const before = await this.retrieve(name, options);
    const change = await super.apply(name, revision, delta, options);
    if (!change.applied || before.record?.revision !== revision) return change;
    return { ...change, record: { ...before.record, counters: this.changed(before.record.counters, delta) } };
  }
}

export const harness: StorageHarness = harnessOf(AnswerMadeUpFromAReadBefore);
