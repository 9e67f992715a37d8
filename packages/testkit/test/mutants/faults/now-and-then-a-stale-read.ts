import type { CallOptions, CircuitRecord, Reading } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend, type Server } from '../reference/mutant.js';

const previous = new WeakMap<Server, Map<string, CircuitRecord>>();
function previousOf(server: Server): Map<string, CircuitRecord> {
  const records = previous.get(server) ?? new Map<string, CircuitRecord>();
  previous.set(server, records);
  return records;
}

/** Now and then a read goes to a replica that is one write behind. */
class NowAndThenAStaleRead extends ReferenceBackend {
  private reads = 0;

  override async retrieve(name: string, options?: CallOptions): Promise<Reading> {
    const reading = await super.retrieve(name, options);
    this.reads += 1;
    const older = previousOf(this.server).get(name);
    return this.reads % 37 === 0 && older !== undefined ? { ...reading, record: older } : reading;
  }

  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    const before = this.read(name, verb);
    if (before !== null) previousOf(this.server).set(name, before);
    super.write(name, record, ttl, verb);
  }
}

export const harness: StorageHarness = harnessOf(NowAndThenAStaleRead);
