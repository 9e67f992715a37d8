import type { CallOptions, Reading } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** The listener on the signal is removed only when it is aborted. */
class ListenerLeftOnTheSignal extends ReferenceBackend {
  override async retrieve(name: string, options?: CallOptions): Promise<Reading> {
    options?.signal?.addEventListener('abort', () => 'too late to matter', { once: true });
    return super.retrieve(name, options);
  }
}

export const harness: StorageHarness = harnessOf(ListenerLeftOnTheSignal);
