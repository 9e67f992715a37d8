import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A circuit that is forced is healthy to it. */
class TroubledForgetsOverrides extends ReferenceBackend {
  protected override isInTrouble(_: string, record: CircuitRecord): boolean {
    return record.state !== 'closed';
  }
}

export const harness: StorageHarness = harnessOf(TroubledForgetsOverrides);
