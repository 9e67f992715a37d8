import type { Change, CircuitRecord, Delta, WriteOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, RowLockBackend } from '../reference/mutant.js';

/** An apply whose revision was right when it came adds to whatever record is there when its turn has come. */
class RevisionOfAnApplyNotAskedAgain extends RowLockBackend {
  protected override applyInTurn(
    seen: CircuitRecord | null,
    name: string,
    revision: number,
    delta: Delta,
    options: WriteOptions,
  ): Change {
    const now = this.read(name, 'apply');
    const passed = now !== null && seen !== null && seen.revision === revision;
    return super.applyInTurn(seen, name, passed ? now.revision : revision, delta, options);
  }
}

export const harness: StorageHarness = harnessOf(RevisionOfAnApplyNotAskedAgain);
