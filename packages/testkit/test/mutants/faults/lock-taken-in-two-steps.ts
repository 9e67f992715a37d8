import { LockTimeoutError, type Lease, type LockOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Whether the lock is free is read first, and written after. */
class LockTakenInTwoSteps extends ReferenceBackend {
  override async lock(name: string, options: LockOptions): Promise<Lease> {
    const giveUpAt = this.server.now() + (options.wait ?? 0);
    for (;;) {
      const free = await this.send(
        'lock',
        name,
        options,
        () => !this.isHeld(this.server.holdings.get(name)?.endsAt ?? 0),
      );
      if (free) {
        const taken = await this.send('lock', name, options, () => this.take(name, name, options.lease));
        return { ...taken, left: options.lease };
      }
      if (this.server.now() >= giveUpAt) throw new LockTimeoutError(name, options.wait ?? 0);
      await this.server.pause(5);
      this.refuseIfOver(options.signal);
    }
  }
}

export const harness: StorageHarness = harnessOf(LockTakenInTwoSteps);
