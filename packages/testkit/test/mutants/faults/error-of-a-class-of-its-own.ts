import type { CallOptions } from '@circuitry/core';
import type { StorageHarness } from '../../../src/index.js';
import { harnessOf, ReferenceBackend } from '../reference/mutant.js';

/** Has the right name and code, and is not core's. */
class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code = 'ERR_STORAGE';
  readonly ambiguous = false;
}

/** Its errors only look like core's. */
class ErrorOfAClassOfItsOwn extends ReferenceBackend {
  protected override async unreachable<T>(_: unknown, name: string, options: CallOptions | undefined): Promise<T> {
    this.refuseIfOver(options?.signal);
    throw new StorageError(`${name} can't be reached`, { cause: new Error('connect ECONNREFUSED') });
  }
}

export const harness: StorageHarness = harnessOf(ErrorOfAClassOfItsOwn);
