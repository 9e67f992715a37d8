import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** What is left of a lease is not said. */
class LeaseSaysNothingOfWhatIsLeft extends ReferenceBackend {
  override async lock(
    name: string,
    options: Parameters<ReferenceBackend['lock']>[1],
  ): ReturnType<ReferenceBackend['lock']> {
    const lease = await super.lock(name, options);
    Reflect.deleteProperty(lease, 'left');
    return lease;
  }
}

export const harness: StorageHarness = harnessOf(LeaseSaysNothingOfWhatIsLeft);
