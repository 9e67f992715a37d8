import type { Unwatch, WatchListener } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** After an outage a watcher hears nothing more. */
class WatchDiesWithTheConnection extends ReferenceBackend {
  override async watch(listener: WatchListener): Promise<Unwatch> {
    const unwatch = await super.watch((event) => {
      if (event.type === 'missed') void unwatch();
      else listener(event);
    });
    return unwatch;
  }
}

export const harness: StorageHarness = harnessOf(WatchDiesWithTheConnection);
