import type { Counters, Delta } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Only the first half of a delta arrives. */
class HalfOfADeltaApplied extends ReferenceBackend {
  protected override changed(counters: Counters, delta: Delta): Counters {
    const names = Object.keys(delta.add ?? {});
    const add = Object.fromEntries(
      names.slice(0, Math.ceil(names.length / 2)).map((each) => [each, delta.add?.[each] ?? 0]),
    );
    return super.changed(counters, { ...delta, add });
  }
}

export const harness: StorageHarness = harnessOf(HalfOfADeltaApplied);
