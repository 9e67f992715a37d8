import type { Lease } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** What is left is counted from the first try, the time in which another held the lock included. */
class LeftIsCountedFromTheFirstTry extends ReferenceBackend {
  private waitedSince: number | null = null;

  protected override tryLock(name: string, lease: number): Omit<Lease, 'left'> | null {
    const taken = super.tryLock(name, lease);
    if (taken === null) this.waitedSince ??= this.server.now();
    return taken;
  }

  protected override left(lease: number, sentAt: number): number {
    return super.left(lease, sentAt);
  }

  override async lock(name: string, options: Parameters<ReferenceBackend['lock']>[1]): Promise<Lease> {
    const lease = await super.lock(name, options);
    const waited = this.waitedSince === null ? 0 : this.server.now() - this.waitedSince;
    this.waitedSince = null;
    return { ...lease, left: lease.left - 10 * waited };
  }
}

export const harness: StorageHarness = harnessOf(LeftIsCountedFromTheFirstTry);
