import {
  assertName,
  type Change,
  type CircuitRecord,
  type Delta,
  type StoreOptions,
  type WriteOptions,
} from '@circuitry/core';
import { ReferenceBackend, type Verb } from './reference-backend.js';
import type { Entry } from './server.js';

/**
 * A correct backend over a store that can only put a value if the one that was read is still there, as etcd, NATS and Consul
 * do: it reads, makes the next record, puts it on that condition, and begins again where another came first.
 */
export class ReadFirstBackend extends ReferenceBackend {
  override apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    return this.inALoop('apply', name, options, () => this.applyNow(name, revision, delta, options));
  }

  override store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    return this.inALoop('store', name, options, () => this.storeNow(name, revision, next, options));
  }

  /** What `change` does to the value that was read, put on the condition that it is still there. */
  private async inALoop(verb: Verb, name: string, options: StoreOptions, change: () => Change): Promise<Change> {
    assertName(name);
    for (;;) {
      const seen = await this.send(verb, name, options, () => this.entry(name));
      const change_ = await this.send(verb, name, options, () => (this.entry(name) === seen ? change() : null));
      if (change_ !== null) return change_;
    }
  }

  private entry(name: string): Entry | undefined {
    return this.server.entries.get(this.key(name));
  }
}
