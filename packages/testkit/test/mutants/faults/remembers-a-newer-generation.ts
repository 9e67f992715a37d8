import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';

/** What this process has seen is believed more than an older copy in the store. */
class RemembersANewerGeneration extends ReferenceBackend {
  private readonly seen = new Map<string, CircuitRecord>();

  protected override read(name: string, verb: Verb): CircuitRecord | null {
    const record = super.read(name, verb);
    if (verb !== 'retrieve' || record === null) return record;
    const seen = this.seen.get(name);
    if (seen !== undefined && seen.generation > record.generation) return seen;
    this.seen.set(name, record);
    return record;
  }
}

export const harness: StorageHarness = harnessOf(RemembersANewerGeneration);
