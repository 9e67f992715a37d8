import type { Unwatch, WatchListener } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** After an outage a watcher is not told that it may have missed some. */
class WatchResumesInSilence extends ReferenceBackend {
  override async watch(listener: WatchListener): Promise<Unwatch> {
    return super.watch((event) => {
      if (event.type !== 'missed') listener(event);
    });
  }
}

export const harness: StorageHarness = harnessOf(WatchResumesInSilence);
