import type { CircuitRecord, ListOptions, NamedRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend, type Server } from '../reference/mutant.js';

const copies = new WeakMap<Server, Map<string, CircuitRecord>>();
function copiesOf(server: Server): Map<string, CircuitRecord> {
  const own = copies.get(server) ?? new Map<string, CircuitRecord>();
  copies.set(server, own);
  return own;
}

/** The index holds a copy of each record as it was stored, and applies do not reach it. */
class TroubledIndexKeepsItsOwnCopy extends ReferenceBackend {
  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    super.write(name, record, ttl, verb);
    if (verb === 'store') copiesOf(this.server).set(name, record);
  }

  override async *list(options: ListOptions = {}): AsyncGenerator<NamedRecord> {
    for await (const { name, record } of super.list(options)) {
      const copy = copiesOf(this.server).get(name) ?? record;
      yield { name, record: options.only === 'troubled' ? copy : record };
    }
  }
}

export const harness: StorageHarness = harnessOf(TroubledIndexKeepsItsOwnCopy);
