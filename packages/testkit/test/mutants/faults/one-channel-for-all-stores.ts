import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend, Server } from '../reference/mutant.js';

/** Every store on this machine, a check's two among them. */
const all = new Set<Server>();

function known(): Server {
  const server = new Server();
  all.add(server);
  return server;
}

/** Records are apart, but all stores announce on one channel. */
class OneChannelForAllStores extends ReferenceBackend {
  protected override announce(name: string, record: CircuitRecord): void {
    for (const server of all) if (!server.gone) server.tell({ type: 'transition', name, record });
  }
}

export const harness: StorageHarness = harnessOf(OneChannelForAllStores, { server: known });
