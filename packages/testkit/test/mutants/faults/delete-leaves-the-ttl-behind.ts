import type { CircuitRecord } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend, type Server } from '../reference/mutant.js';
import type { Verb } from '../reference/reference-backend.js';

const ghosts = new WeakMap<Server, { readonly key: string; readonly endsAt: number }>();

/** What ends the record’s life is kept beside it, and ends the next record’s. */
class DeleteLeavesTheTtlBehind extends ReferenceBackend {
  protected override deleteNow(name: string): void {
    const entry = this.server.entries.get(this.key(name));
    if (entry !== undefined) ghosts.set(this.server, { key: this.key(name), endsAt: entry.endsAt });
    super.deleteNow(name);
  }

  protected override read(name: string, verb: Verb): CircuitRecord | null {
    const ghost = ghosts.get(this.server);
    return ghost?.key === this.key(name) && this.server.now() >= ghost.endsAt ? null : super.read(name, verb);
  }
}

export const harness: StorageHarness = harnessOf(DeleteLeavesTheTtlBehind);
