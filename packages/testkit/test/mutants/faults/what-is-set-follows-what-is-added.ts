import type { Change, Delta, WriteOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** What a delta sets is sent in a second update, behind what it adds. */
class WhatIsSetFollowsWhatIsAdded extends ReferenceBackend {
  override async apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const { set, ...rest } = delta;
    const change = await super.apply(name, revision, rest, options);
    return set === undefined || !change.applied ? change : super.apply(name, revision, { set }, options);
  }
}

export const harness: StorageHarness = harnessOf(WhatIsSetFollowsWhatIsAdded);
