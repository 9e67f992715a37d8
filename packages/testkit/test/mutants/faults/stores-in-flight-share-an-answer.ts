import type { Change, CircuitRecord, StoreOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Two stores of one process for one circuit are taken for the same one. */
class StoresInFlightShareAnAnswer extends ReferenceBackend {
  private readonly flying = new Map<string, Promise<Change>>();

  override store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    const flying = this.flying.get(name);
    if (flying !== undefined) return flying;
    const sent = super.store(name, revision, next, options).finally(() => this.flying.delete(name));
    this.flying.set(name, sent);
    return sent;
  }
}

export const harness: StorageHarness = harnessOf(StoresInFlightShareAnAnswer);
