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
  ERR_CIRCUIT_OPEN: CircuitOpenError;
  ERR_TOO_MANY_TRIALS: TooManyTrialsError;
  ERR_FORCED_OPEN: ForcedOpenError;
  ERR_WORK_TIMEOUT: WorkTimeoutError;
  ERR_PERMIT_ENDED: PermitEndedError;
  ERR_INVALID_SETTINGS: InvalidSettingsError;
  ERR_SETTINGS_CONFLICT: SettingsConflictError;
  ERR_INVALID_NAME: InvalidNameError;
  ERR_STORAGE: StorageError;
  ERR_CORRUPT_RECORD: CorruptRecordError;
  ERR_UNSUPPORTED_RECORD: UnsupportedRecordError;
  ERR_LEASE_LOST: LeaseLostError;
  ERR_LOCK_TIMEOUT: LockTimeoutError;
  ERR_CLOSED: ClosedError;
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
