import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The client’s own error is passed on as it is. */
class ClientsOwnErrorPassedOn extends ReferenceBackend {
  protected override async unreachable<T>(): Promise<T> {
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  }
}

export const harness: StorageHarness = harnessOf(ClientsOwnErrorPassedOn);
