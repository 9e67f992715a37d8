import { escapeControls } from './show.js';

/**
 * Marks every error of this library. `Symbol.for` makes it one symbol for all copies of the package that a process
 * loads (ESM beside CommonJS, two versions in one tree), where `instanceof` would answer false.
 */
const brand = Symbol.for('circuitry.error');

/** The stable codes of this library's errors: switch on these, never on messages or classes. */
export type CircuitryErrorCode =
  | 'ERR_CIRCUIT_OPEN'
  | 'ERR_TOO_MANY_TRIALS'
  | 'ERR_FORCED_OPEN'
  | 'ERR_WORK_TIMEOUT'
  | 'ERR_PERMIT_ENDED'
  | 'ERR_INVALID_SETTINGS'
  | 'ERR_SETTINGS_CONFLICT'
  | 'ERR_INVALID_NAME'
  | 'ERR_STORAGE'
  | 'ERR_CORRUPT_RECORD'
  | 'ERR_UNSUPPORTED_RECORD'
  | 'ERR_LEASE_LOST'
  | 'ERR_LOCK_TIMEOUT'
  | 'ERR_CLOSED'
  | 'ERR_EXPECTED';

/** What every error of this library has: a literal `code`, a `name`, a message that says what to do, maybe a `cause`. */
export abstract class CircuitryError extends Error {
  /** What errors are told apart by; it never changes. */
  abstract readonly code: CircuitryErrorCode;

  /** @param isSafe whether the message is known to hold no control characters */
  constructor(message: string, options?: ErrorOptions, isSafe = false) {
    const isOwn = isClonable(options?.cause);
    super(isSafe ? message : escapeControls(message), isOwn ? options : undefined);
    // Inherited, or the error could not be cloned: a client's error may hold a socket.
    if (!isOwn)
      Object.setPrototypeOf(
        this,
        Object.create(new.target.prototype, { cause: { value: options?.cause, writable: true } }) as object,
      );
  }

  /** What JSON and a log line keep of it: an Error's own name and message would be lost. */
  toJSON(): object {
    return { ...this, name: this.name, message: this.message };
  }

  /** Whether `error` is one of this library's, from whichever copy or build of it. */
  static isInstance(error: unknown): error is CircuitryError {
    return isCircuitryError(error);
  }
}

/** Whether a structured clone takes it along: of an error it takes the cause. It is asked of nothing else that has parts. */
function isClonable(cause: unknown, depth = 0): boolean {
  if (Object(cause) !== cause) return typeof cause !== 'symbol';
  try {
    const isError = Object.prototype.toString.call(cause) === '[object Error]';
    return isError && depth < 8 && isClonable((cause as Error).cause, depth + 1);
  } catch {
    return false;
  }
}

// On the prototype, not per instance: a refusal is on the hot path.
Object.defineProperty(CircuitryError.prototype, brand, { value: true });

/**
 * Whether `error` is one of this library's, and, with `code`, that very one.
 *
 * Works across the ESM and CommonJS builds and across versions, which `instanceof` does not. Never throws: what can't be
 * looked at, such as a revoked proxy, is none.
 */
export function isCircuitryError(error: unknown, code?: CircuitryErrorCode): error is CircuitryError {
  try {
    if (typeof error !== 'object' || error === null || !(brand in error)) return false;
    return code === undefined || (error as unknown as CircuitryError).code === code;
  } catch {
    return false;
  }
}

/** Sets `name` once per class, on the prototype: `error.name` without a field per instance. */
export function nameErrorClass(errorClass: { prototype: Error }, name: string): void {
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true });
}
