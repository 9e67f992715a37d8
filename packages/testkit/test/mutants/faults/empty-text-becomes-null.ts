import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** An empty string is read back as null, as stores without empty strings do. */
class EmptyTextBecomesNull extends ReferenceBackend {
  protected override decode(name: string, text: string): CircuitRecord {
    const record = super.decode(name, text);
    const { override } = record;
    return override === null ? record : { ...record, override: { ...override, reason: override.reason || null } };
  }
}

export const harness: StorageHarness = harnessOf(EmptyTextBecomesNull);
