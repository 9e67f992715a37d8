import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The error names the key in the store and not the circuit. */
class CorruptErrorNamesTheKey extends ReferenceBackend {
  protected override decode(name: string, text: string): CircuitRecord {
    return super.decode(`circuits:${name}`, text);
  }
}

export const harness: StorageHarness = harnessOf(CorruptErrorNamesTheKey);
