import { setImmediate } from 'node:timers';
import type { Unwatch, WatchListener } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Listeners are called from a timer, and nobody catches what they throw. */
class ListenerCalledFromATimer extends ReferenceBackend {
  override async watch(listener: WatchListener): Promise<Unwatch> {
    return super.watch((event) => void setImmediate(() => listener(event)));
  }
}

export const harness: StorageHarness = harnessOf(ListenerCalledFromATimer);
