import { StorageError } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';

/** Every failure says that nothing happened; its harness can only lose answers. */
class LostAnswerCalledUnambiguous extends ReferenceBackend {
  protected override noAnswer(verb: Verb, name: string): StorageError {
    return new StorageError(`${verb} of ${name} failed.`, { cause: new Error('read ECONNRESET'), ambiguous: false });
  }
}

export const harness: StorageHarness = harnessOf(LostAnswerCalledUnambiguous, { outage: false });
