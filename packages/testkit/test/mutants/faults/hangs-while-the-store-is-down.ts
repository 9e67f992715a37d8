import type { CallOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';

/** A call waits for the connection to come back and does not hear its signal. */
class HangsWhileTheStoreIsDown extends ReferenceBackend {
  protected override async unreachable<T>(verb: Verb, name: string, options: CallOptions | undefined): Promise<T> {
    while (this.server.down) await this.server.pause(20);
    return super.unreachable(verb, name, options);
  }
}

export const harness: StorageHarness = harnessOf(HangsWhileTheStoreIsDown);
