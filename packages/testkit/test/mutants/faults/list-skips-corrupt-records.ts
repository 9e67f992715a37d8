import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';

/** What can’t be read is left out of the listing. */
class ListSkipsCorruptRecords extends ReferenceBackend {
  protected override read(name: string, verb: Verb): CircuitRecord | null {
    try {
      return super.read(name, verb);
    } catch (error) {
      if (verb === 'list') return null;
      throw error;
    }
  }
}

export const harness: StorageHarness = harnessOf(ListSkipsCorruptRecords);
