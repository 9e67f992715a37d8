import { InvalidNameError } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** What is refused in another thread comes back as a copy, without core's brand. */
class NameRefusedByACopy extends ReferenceBackend {
  protected override checkName(name: string): void {
    try {
      super.checkName(name);
    } catch (error) {
      const { message, code } = error as InvalidNameError;
      throw Object.assign(new Error(message), { name: 'InvalidNameError', code });
    }
  }
}

export const harness: StorageHarness = harnessOf(NameRefusedByACopy);
