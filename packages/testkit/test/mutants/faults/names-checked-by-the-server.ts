import type { CallOptions, Reading } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A bad name is refused, but only once it was sent. */
class NamesCheckedByTheServer extends ReferenceBackend {
  override async retrieve(name: string, options?: CallOptions): Promise<Reading> {
    if (this.server.down) return this.unreachable('retrieve', name, options);
    return super.retrieve(name, options);
  }
}

export const harness: StorageHarness = harnessOf(NamesCheckedByTheServer);
