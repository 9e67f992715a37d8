import { StorageError } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';

/** The storage error is made anew, and the client’s is dropped. */
class CauseOfAnOutageDropped extends ReferenceBackend {
  protected override async unreachable<T>(verb: Verb): Promise<T> {
    throw new StorageError(`${verb} failed.`);
  }
}

export const harness: StorageHarness = harnessOf(CauseOfAnOutageDropped);
