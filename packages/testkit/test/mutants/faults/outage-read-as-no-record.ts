import type { CallOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';

/** An error of the client is taken for “no record”. */
class OutageReadAsNoRecord extends ReferenceBackend {
  protected override async unreachable<T>(verb: Verb, name: string, options: CallOptions | undefined): Promise<T> {
    if (verb === 'retrieve') return this.reading(null) as T;
    return super.unreachable(verb, name, options);
  }
}

export const harness: StorageHarness = harnessOf(OutageReadAsNoRecord);
