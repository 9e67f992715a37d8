import { CircuitryError, nameErrorClass } from './circuitry-error.js';
import { onOneLine, quote } from './show.js';

/** What a {@link StorageError} can say beside its message. */
export interface StorageErrorOptions {
  /** The error of the client, socket or server below. */
  readonly cause?: unknown;
  /** True where the write may have happened although no answer came. Default false. */
  readonly ambiguous?: boolean;
  /** True where the same call may succeed a little later without anybody mending anything. Default true. */
  readonly retriable?: boolean;
  /**
   * Whom it concerns: this circuit alone (a throttled item, a counter at its limit, a request that could not be built), or
   * the whole store (no connection). Default: not known; then it concerns its circuit until many circuits fail alike.
   */
  readonly scope?: 'circuit' | 'store';
}

/** The store could not be asked, or did not answer in time (clause E1). It alone can mark a store as down. */
export class StorageError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_STORAGE';
  /** The write may have happened: nobody saw its answer. Never send it again blindly. */
  readonly ambiguous: boolean;
  /** Whether trying again later can help; false for a missing table, a refused password and the like. */
  readonly retriable: boolean;
  /** Whom it concerns; undefined: nobody knows. */
  readonly scope: 'circuit' | 'store' | undefined;

  constructor(message: string, options: StorageErrorOptions = {}) {
    // A backend's own text: it must not be able to forge a line of a log.
    super(onOneLine(message), options);
    this.ambiguous = options.ambiguous ?? false;
    this.retriable = options.retriable ?? true;
    this.scope = options.scope;
  }
}

/** What `apply` rejects with where a counter would leave ±(2^53 − 1): beyond that a number can't be counted on. */
export function counterOverflow(circuitName: string): StorageError {
  return new StorageError(
    `A counter of circuit ${quote(circuitName)} would have passed ±(2^53 − 1), so nothing was applied. ` +
      'Store the circuit afresh.',
    { retriable: false, scope: 'circuit' },
  );
}

/** What the store holds under a circuit's name is not a record (clause E3). */
export class CorruptRecordError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_CORRUPT_RECORD';
  /** The circuit's name in the store. */
  readonly circuitName: string;
  /** The first field that is wrong: `'state'`, `'counters.total'`, … */
  readonly field: string;

  constructor(circuitName: string, field: string, found: string, options?: { readonly cause?: unknown }) {
    super(
      `The stored record of circuit ${quote(circuitName)} is corrupt: its field ${quote(field)} ${onOneLine(found)}. ` +
        'Look at it, then delete it to start the circuit afresh.',
      options,
    );
    this.circuitName = circuitName;
    this.field = field;
  }
}

/** A newer version of this library wrote the record. It is left as it is, for those who can read it. */
export class UnsupportedRecordError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_UNSUPPORTED_RECORD';
  /** The circuit's name in the store. */
  readonly circuitName: string;
  /** The format number that was found. */
  readonly format: number;

  constructor(circuitName: string, format: number, supported: number) {
    super(
      `The stored record of circuit ${quote(circuitName)} has format ${onOneLine(String(format))}; this version reads those up to ${supported}. ` +
        'It was left as it is; upgrade this worker.',
    );
    this.circuitName = circuitName;
    this.format = format;
  }
}

/** A name that no backend may take (clause N3): refused before anything is sent. */
export class InvalidNameError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_INVALID_NAME';
}

/** The lease is over: its time ran out, another took it, or it was released (clause L4). */
export class LeaseLostError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_LEASE_LOST';
  /** The circuit's name in the store. */
  readonly circuitName: string;

  constructor(circuitName: string, what: string, options?: { readonly cause?: unknown }) {
    super(
      `The lease on circuit ${quote(circuitName)} is lost: ${onOneLine(what)}. ` +
        'Another worker may hold it now: stop the work.',
      options,
    );
    this.circuitName = circuitName;
  }
}

/** The lock was held by others for as long as the caller would wait (clause L6). */
export class LockTimeoutError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_LOCK_TIMEOUT';
  /** The circuit's name in the store. */
  readonly circuitName: string;
  /** How long the caller waited, in ms. */
  readonly waited: number;

  constructor(circuitName: string, waited: number) {
    super(
      `The lock of circuit ${quote(circuitName)} was held by others for all of the ${waited} ms that this call would wait. ` +
        'Try again later, or wait longer.',
    );
    this.circuitName = circuitName;
    this.waited = waited;
  }
}

/** The backend or factory was closed (clause E6). */
export class ClosedError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_CLOSED';

  constructor(what: string) {
    super(`${onOneLine(what)} was closed: make a new one, or close it after its last user.`);
  }
}

nameErrorClass(StorageError, 'StorageError');
nameErrorClass(CorruptRecordError, 'CorruptRecordError');
nameErrorClass(UnsupportedRecordError, 'UnsupportedRecordError');
nameErrorClass(InvalidNameError, 'InvalidNameError');
nameErrorClass(LeaseLostError, 'LeaseLostError');
nameErrorClass(LockTimeoutError, 'LockTimeoutError');
nameErrorClass(ClosedError, 'ClosedError');
