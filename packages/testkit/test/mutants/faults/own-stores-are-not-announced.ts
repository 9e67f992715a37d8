import type { CircuitRecord, Unwatch, WatchListener } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** A process is not told of its own stores. */
class OwnStoresAreNotAnnounced extends ReferenceBackend {
  override async watch(listener: WatchListener): Promise<Unwatch> {
    return super.watch((event) => {
      if (event.type !== 'transition' || !this.own.has(event.record.by)) listener(event);
    });
  }

  private readonly own = new Set<string>();

  protected override announce(name: string, record: CircuitRecord): void {
    this.own.add(record.by);
    super.announce(name, record);
  }
}

export const harness: StorageHarness = harnessOf(OwnStoresAreNotAnnounced);
