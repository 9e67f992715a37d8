import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import { onOneLine, quote, readOf, show } from '../errors/show.js';
import { StorageError } from '../errors/storage-errors.js';

/** What the store is asked to do. */
export type Verb = 'retrieve' | 'apply' | 'store' | 'lock';

/** What a store can do or can't: each is lost and regained by itself. */
export type Ability = 'read' | 'write' | 'lock';

export const abilityOf: Readonly<Record<Verb, Ability>> = {
  retrieve: 'read',
  apply: 'write',
  store: 'write',
  lock: 'lock',
};

const storageFaults = ['ERR_STORAGE', 'ERR_CORRUPT_RECORD', 'ERR_UNSUPPORTED_RECORD', 'ERR_INVALID_NAME'] as const;

/** Whether an error means that the record can't be used: what `onStorageFailure` is about. */
export function isStorageFault(error: unknown): error is CircuitryError {
  return storageFaults.some((code) => isCircuitryError(error, code));
}

/** Whether a failed write may have happened. */
export function isAmbiguous(error: unknown): boolean {
  return isCircuitryError(error, 'ERR_STORAGE') && (error as StorageError).ambiguous;
}

/** A question that the backend failed: in our words, or, where a stranger's used its own, put into ours. */
export function asOurs(name: string, verb: Verb, thrown: unknown): CircuitryError {
  if (isStorageFault(thrown)) return thrown;
  return new StorageError(
    `The backend failed to ${verb} circuit ${quote(name)}, which follows onStorageFailure meanwhile. It said: ${messageOf(thrown)}`,
    { cause: thrown, ambiguous: verb !== 'retrieve' },
  );
}

/** What an unanswered question is told. @param timeout ms */
export function tooLate(name: string, verb: Verb, timeout: number): StorageError {
  return new StorageError(
    `The store did not answer ${verb} for circuit ${quote(name)} within the storageTimeout of ${timeout} ms. ` +
      'Check that it is up and near; raise storageTimeout if it is only slow.',
    { ambiguous: verb !== 'retrieve' },
  );
}

/** What a thrown value says. */
function messageOf(thrown: unknown): string {
  return readOf(() => (thrown instanceof Error ? onOneLine(String(thrown.message)) : show(thrown)));
}
