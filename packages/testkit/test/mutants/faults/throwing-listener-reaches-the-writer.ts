import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Listeners are called in the writer’s own call, without a catch. */
class ThrowingListenerReachesTheWriter extends ReferenceBackend {
  protected override announce(name: string, record: CircuitRecord): void {
    if (this.server.down) return;
    for (const listener of this.server.listeners) listener({ type: 'transition', name, record });
  }
}

export const harness: StorageHarness = harnessOf(ThrowingListenerReachesTheWriter);
