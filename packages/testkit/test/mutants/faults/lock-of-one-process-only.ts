import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The lock is kept in the process, not in the store. */
class LockOfOneProcessOnly extends ReferenceBackend {
  protected override lockKey(name: string): string {
    return `${this.id}${name}`;
  }

  private readonly id = Math.random();
}

export const harness: StorageHarness = harnessOf(LockOfOneProcessOnly);
