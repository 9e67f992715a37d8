import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';
import type { Entry } from '../reference/server.js';

/** The store deletes lazily, and retrieve does not look at the ttl itself. */
class ExpiredRecordsSeenByRetrieve extends ReferenceBackend {
  protected override lives(entry: Entry, verb: Verb): boolean {
    return verb === 'retrieve' || super.lives(entry, verb);
  }
}

export const harness: StorageHarness = harnessOf(ExpiredRecordsSeenByRetrieve);
