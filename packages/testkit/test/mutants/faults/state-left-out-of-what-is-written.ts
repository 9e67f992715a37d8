import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The state is not among the fields that are written: every record reads as closed, as in the original’s DynamoDB backend. */
class StateLeftOutOfWhatIsWritten extends ReferenceBackend {
  protected override encode(record: CircuitRecord): string {
    return super.encode({ ...record, state: 'closed' });
  }
}

export const harness: StorageHarness = harnessOf(StateLeftOutOfWhatIsWritten);
