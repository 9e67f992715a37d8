import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

let offsets = 0;

/** Each process gives its own clock for the store’s. */
class ClockOfEachProcess extends ReferenceBackend {
  private readonly offset = (offsets += 40_000);

  protected override time(): { readonly now: number } {
    return { now: this.server.now() - this.offset };
  }
}

export const harness: StorageHarness = harnessOf(ClockOfEachProcess);
