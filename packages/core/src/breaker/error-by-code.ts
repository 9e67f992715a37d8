import type { CircuitOpenError, ForcedOpenError, TooManyTrialsError } from '../admission/refusal-errors.js';
import type { PermitEndedError, WorkTimeoutError } from '../errors/call-errors.js';
import { isCircuitryError as isOurs, type CircuitryError } from '../errors/circuitry-error.js';
import type { ExpectedError } from '../errors/expected-error.js';
import type { InvalidSettingsError, SettingsConflictError } from '../errors/settings-errors.js';
import type {
  ClosedError,
  CorruptRecordError,
  InvalidNameError,
  LeaseLostError,
  LockTimeoutError,
  StorageError,
  UnsupportedRecordError,
} from '../errors/storage-errors.js';

/** The class of each code: what `isCircuitryError(error, code)` narrows to. */
export interface ErrorByCode {
  /** The circuit is open: the work did not run. */
  ERR_CIRCUIT_OPEN: CircuitOpenError;
  /** The circuit is half-open and its trials are taken: the work did not run. */
  ERR_TOO_MANY_TRIALS: TooManyTrialsError;
  /** An operator forced the circuit open: the work did not run. */
  ERR_FORCED_OPEN: ForcedOpenError;
  /** The work took longer than `workTimeout`, and counts as a failure. */
  ERR_WORK_TIMEOUT: WorkTimeoutError;
  /** A permit was ended a second time, which changed nothing. */
  ERR_PERMIT_ENDED: PermitEndedError;
  /** Settings that make no circuit breaker; it lists every fault. */
  ERR_INVALID_SETTINGS: InvalidSettingsError;
  /** Two sets of settings give the same setting, and neither comes first. */
  ERR_SETTINGS_CONFLICT: SettingsConflictError;
  /** A circuit's name that no backend takes; nothing was sent. */
  ERR_INVALID_NAME: InvalidNameError;
  /** The store could not be asked, or did not answer in time. */
  ERR_STORAGE: StorageError;
  /** What the store holds for the circuit is not a record. */
  ERR_CORRUPT_RECORD: CorruptRecordError;
  /** A newer version of this library wrote the record; it was left as it is. */
  ERR_UNSUPPORTED_RECORD: UnsupportedRecordError;
  /** The lease is over: stop the work that it guards. */
  ERR_LEASE_LOST: LeaseLostError;
  /** Others held the lock for as long as the caller would wait. */
  ERR_LOCK_TIMEOUT: LockTimeoutError;
  /** The backend or the factory was closed before this call. */
  ERR_CLOSED: ClosedError;
  /** An error that `expected` wrapped: a success for the circuit. */
  ERR_EXPECTED: ExpectedError;
}

/**
 * Whether `error` is one of this library's, and, with `code`, that very one: then its type is known too.
 *
 * Works across the ESM and CommonJS builds and across versions, which `instanceof` does not.
 */
export function isCircuitryError(error: unknown): error is CircuitryError;
export function isCircuitryError<Code extends keyof ErrorByCode>(
  error: unknown,
  code: Code,
): error is ErrorByCode[Code];
export function isCircuitryError(error: unknown, code?: keyof ErrorByCode): error is CircuitryError {
  return isOurs(error, code);
}
