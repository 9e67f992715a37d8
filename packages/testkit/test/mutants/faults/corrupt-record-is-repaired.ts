import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Fields that can’t be read get a default. */
class CorruptRecordIsRepaired extends ReferenceBackend {
  protected override decode(name: string, text: string): CircuitRecord {
    return super.decode(name, text.replace('"ajar"', '"closed"'));
  }
}

export const harness: StorageHarness = harnessOf(CorruptRecordIsRepaired);
