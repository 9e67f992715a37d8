import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';
import type { Entry } from '../reference/server.js';

const kept = new WeakMap<Entry, CircuitRecord>();

/** The objects that callers pass are kept, not copied. */
class CallersObjectsAreKept extends ReferenceBackend {
  protected override write(name: string, record: CircuitRecord, ttl: number, verb: 'apply' | 'store'): void {
    super.write(name, record, ttl, verb);
    kept.set(this.server.entries.get(this.key(name)) as Entry, record);
  }

  protected override read(name: string, verb: Verb): CircuitRecord | null {
    const record = super.read(name, verb);
    const entry = this.server.entries.get(this.key(name));
    return record === null ? null : (kept.get(entry as Entry) ?? record);
  }
}

export const harness: StorageHarness = harnessOf(CallersObjectsAreKept);
