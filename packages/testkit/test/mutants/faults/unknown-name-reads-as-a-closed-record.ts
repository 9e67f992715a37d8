import type { CallOptions, CircuitRecord, Reading } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

const fresh: CircuitRecord = {
  revision: 1,
  state: 'closed',
  generation: 0,
  openings: 0,
  since: 0,
  expiresAt: null,
  override: null,
  by: '',
  lastFailure: null,
  counters: {},
};

/** A missing record is answered as an empty closed one, as the original does. */
class UnknownNameReadsAsAClosedRecord extends ReferenceBackend {
  override async retrieve(name: string, options?: CallOptions): Promise<Reading> {
    const reading = await super.retrieve(name, options);
    return { ...reading, record: reading.record ?? fresh };
  }
}

export const harness: StorageHarness = harnessOf(UnknownNameReadsAsAClosedRecord);
