import type { CallOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';

/** A refused connection is told at once; one from which nothing comes back is waited for. */
class HangsWhereNothingComesBack extends ReferenceBackend {
  protected override async unreachable<T>(verb: Verb, name: string, options: CallOptions | undefined): Promise<T> {
    while (this.server.down && this.server.hangs) await this.server.pause(20);
    return super.unreachable(verb, name, options);
  }
}

export const harness: StorageHarness = harnessOf(HangsWhereNothingComesBack);
