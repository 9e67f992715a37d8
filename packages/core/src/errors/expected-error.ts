import { CircuitryError, nameErrorClass } from './circuitry-error.js';

/** An error that proves that the dependency answers: a success for the circuit. The original is its `cause`. */
export class ExpectedError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_EXPECTED';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }

  /** Always true: it counts as a success. */
  isExpected(): boolean {
    return true;
  }
}

nameErrorClass(ExpectedError, 'ExpectedError');

/** How deep a chain of causes is looked through; a chain may be a circle. */
const deepestCause = 16;

/** Wraps an error that must not count as a failure: `throw expected(new NotFoundError(id))`. */
export function expected(error: unknown): ExpectedError {
  return new ExpectedError(error);
}

/** Whether an error, or one that it names as its cause, says of itself that it was expected. Never throws. */
export function isExpected(error: unknown): boolean {
  let each = error;
  try {
    for (let depth = 0; depth < deepestCause && typeof each === 'object' && each !== null; depth += 1) {
      const { isExpected: says, cause } = each as { isExpected?: unknown; cause?: unknown };
      if (typeof says === 'function' && says.call(each) === true) return true;
      each = cause;
    }
  } catch {
    // An error that throws when it is asked about itself was not expected.
  }
  return false;
}
