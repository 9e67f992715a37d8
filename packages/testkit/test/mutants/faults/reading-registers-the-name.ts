import type { CallOptions, CircuitRecord, ListOptions, NamedRecord, Reading } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend, type Server } from '../reference/mutant.js';

const askedOf = new WeakMap<Server, Set<string>>();
const fresh: CircuitRecord = {
  revision: 1,
  state: 'closed',
  generation: 0,
  openings: 0,
  since: 0,
  expiresAt: null,
  override: null,
  by: '',
  lastFailure: null,
  counters: {},
};

/** Each name that is read is put into the listing. */
class ReadingRegistersTheName extends ReferenceBackend {
  override async retrieve(name: string, options?: CallOptions): Promise<Reading> {
    const reading = await super.retrieve(name, options);
    if (reading.record === null) this.asked.add(name);
    return reading;
  }

  private get asked(): Set<string> {
    const asked = askedOf.get(this.server) ?? new Set();
    askedOf.set(this.server, asked);
    return asked;
  }

  override async *list(options: ListOptions = {}): AsyncGenerator<NamedRecord> {
    yield* super.list(options);
    for (const name of this.asked)
      if (name.startsWith(options.prefix ?? '') && this.read(name, 'list') === null) yield { name, record: fresh };
  }
}

export const harness: StorageHarness = harnessOf(ReadingRegistersTheName);
