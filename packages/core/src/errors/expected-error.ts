import { unwanted } from '../time/thenable.js';
import { someCause } from './causes.js';
import { CircuitryError, nameErrorClass } from './circuitry-error.js';
import { show } from './show.js';

/** An error that proves that the dependency answers: a success for the circuit. The original is its `cause`. */
export class ExpectedError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_EXPECTED';

  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }

  /** Always true: it counts as a success. */
  isExpected(): boolean {
    return true;
  }
}

nameErrorClass(ExpectedError, 'ExpectedError');

/** What was thrown may be anything: marking it must not throw. */
function messageOf(cause: unknown): string {
  try {
    return String(cause instanceof Error ? cause.message : cause);
  } catch {
    return show(cause);
  }
}

/** Wraps an error that must not count as a failure: `throw expected(new NotFoundError(id))`. */
export function expected(error: unknown): ExpectedError {
  return new ExpectedError(error);
}

/** Whether an error, or one that it names as its cause, says of itself that it was expected. Never throws. */
export function isExpected(error: unknown): boolean {
  return someCause(error, (each) => {
    const { isExpected: says } = each as { readonly isExpected?: unknown };
    const answer: unknown = typeof says === 'function' && says.call(each);
    // An async one can't be waited for; its rejection must not end the process.
    unwanted(answer);
    return answer === true;
  });
}
