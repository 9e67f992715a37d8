import type { Lease } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The lock’s key, name and “:lock”, is a circuit’s name as well. */
class LocksKeyIsAnotherName extends ReferenceBackend {
  protected override take(name: string, key: string, lease: number): Omit<Lease, 'left'> {
    const taken = super.take(name, key, lease);
    this.server.entries.set(`${name}:lock`, { text: String(taken.token), endsAt: this.server.now() + lease });
    return taken;
  }

  protected override releaseNow(name: string, owner: object): void {
    super.releaseNow(name, owner);
    this.server.entries.delete(`${name}:lock`);
  }
}

export const harness: StorageHarness = harnessOf(LocksKeyIsAnotherName);
