import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';

/** A record that can’t be read is taken for none. */
class CorruptRecordReadsAsNone extends ReferenceBackend {
  protected override read(name: string, verb: Verb): CircuitRecord | null {
    try {
      return super.read(name, verb);
    } catch {
      return null;
    }
  }
}

export const harness: StorageHarness = harnessOf(CorruptRecordReadsAsNone);
