import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Times are written in whole seconds. */
class TimesCutToSeconds extends ReferenceBackend {
  protected override encode(record: CircuitRecord): string {
    return super.encode({ ...record, since: Math.floor(record.since / 1_000) * 1_000 });
  }
}

export const harness: StorageHarness = harnessOf(TimesCutToSeconds);
