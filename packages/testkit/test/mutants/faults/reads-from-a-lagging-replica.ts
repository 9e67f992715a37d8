import type { CallOptions, CircuitRecord, Reading } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend, type Server } from '../reference/mutant.js';

const replicas = new WeakMap<Server, Map<string, CircuitRecord | null>>();
function replicaOf(server: Server): Map<string, CircuitRecord | null> {
  const replica = replicas.get(server) ?? new Map<string, CircuitRecord | null>();
  replicas.set(server, replica);
  return replica;
}

/** Reads go to a replica that is one write behind. */
class ReadsFromALaggingReplica extends ReferenceBackend {
  override async retrieve(name: string, options?: CallOptions): Promise<Reading> {
    const reading = await super.retrieve(name, options);
    return { ...reading, record: replicaOf(this.server).get(name) ?? null };
  }

  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    replicaOf(this.server).set(name, this.read(name, verb));
    super.write(name, record, ttl, verb);
  }
}

export const harness: StorageHarness = harnessOf(ReadsFromALaggingReplica);
