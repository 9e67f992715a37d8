import type { Unwatch, WatchListener } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A watcher that was told to stop goes on. */
class UnwatchDoesNothing extends ReferenceBackend {
  override async watch(listener: WatchListener): Promise<Unwatch> {
    await super.watch(listener);
    return async () => undefined;
  }
}

export const harness: StorageHarness = harnessOf(UnwatchDoesNothing);
