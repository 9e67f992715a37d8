import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import { StorageError } from '../errors/storage-errors.js';
import { show } from '../errors/show.js';
import type { Verb } from './question.js';

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
  const message = thrown instanceof Error ? thrown.message : show(thrown);
  return new StorageError(
    `The backend failed to ${verb} circuit ${JSON.stringify(name)}: ${message}. See the cause; the circuit follows onStorageFailure meanwhile.`,
    { cause: thrown, ambiguous: verb !== 'retrieve' },
  );
}

/** What an unanswered question is told. @param timeout ms */
export function tooLate(name: string, verb: Verb, timeout: number): StorageError {
  return new StorageError(
    `The store did not answer ${verb} for circuit ${JSON.stringify(name)} within the storageTimeout of ${timeout} ms. ` +
      'Check that it is up and near; raise storageTimeout if it is only slow.',
    { ambiguous: verb !== 'retrieve' },
  );
}
