import type { CircuitState } from '../contract/record.js';
import { CircuitryError, nameErrorClass } from '../errors/circuitry-error.js';
import type { RefusalReason } from '../machine/steps/start-steps.js';
import type { Information } from '../machine/facts/information.js';

/** What a refusal tells; each part is asked only when somebody looks. */
export interface RefusalFacts {
  readonly circuitName: string;
  readonly state: CircuitState;
  readonly retryAfter: number | null;
  readonly message: string;
  readonly information: Information;
}

/** A call that the circuit refused: the work did not run. `retryAfter` is what a queue delays the job by. */
export abstract class CallRefusedError extends CircuitryError {
  /** What errors are told apart by; it never changes. */
  abstract override readonly code: 'ERR_CIRCUIT_OPEN' | 'ERR_TOO_MANY_TRIALS' | 'ERR_FORCED_OPEN';
  /** The name in the store. */
  readonly circuitName: string;
  /** The effective state that refused. */
  readonly state: CircuitState;
  /**
   * ms until a call may be admitted, plus the factory's `retryJitter` and `retryPace`; beside running trials at most
   * `trialRetryAfter`. Null when forced open without end.
   */
  readonly retryAfter: number | null;
  readonly #facts: RefusalFacts;

  constructor(facts: RefusalFacts) {
    super(facts.message, undefined, true);
    this.circuitName = facts.circuitName;
    this.state = facts.state;
    this.retryAfter = facts.retryAfter;
    this.#facts = facts;
  }

  /** The circuit as it was when it refused; put together when first read. */
  get information(): Information {
    return this.#facts.information;
  }
}

/** The circuit is open and its pause is not over. */
export class CircuitOpenError extends CallRefusedError {
  /** What this error is told apart by. */
  readonly code = 'ERR_CIRCUIT_OPEN';
}

/** The circuit is half-open and all trials of this round are taken. */
export class TooManyTrialsError extends CallRefusedError {
  /** What this error is told apart by. */
  readonly code = 'ERR_TOO_MANY_TRIALS';
}

/** An operator forced the circuit open. */
export class ForcedOpenError extends CallRefusedError {
  /** What this error is told apart by. */
  readonly code = 'ERR_FORCED_OPEN';
}

nameErrorClass(CallRefusedError, 'CallRefusedError');
nameErrorClass(CircuitOpenError, 'CircuitOpenError');
nameErrorClass(TooManyTrialsError, 'TooManyTrialsError');
nameErrorClass(ForcedOpenError, 'ForcedOpenError');

const classOf = { open: CircuitOpenError, trials: TooManyTrialsError, forced: ForcedOpenError } as const;
export const codeOf = { open: 'ERR_CIRCUIT_OPEN', trials: 'ERR_TOO_MANY_TRIALS', forced: 'ERR_FORCED_OPEN' } as const;

/**
 * The error of a refusal, without a stack trace: where it was made says nothing about why, capturing it costs several
 * microseconds, and an open circuit makes them by the thousand. Name, code and message are in `stack` all the same.
 */
export function refusalError(because: RefusalReason, facts: RefusalFacts): CallRefusedError {
  const limit = Error.stackTraceLimit;
  const isCheap = limitStack(0);
  try {
    return new classOf[because](facts);
  } finally {
    if (isCheap) limitStack(limit);
  }
}

/** False where a program has frozen `Error`: then the stack is captured, and only costs more. */
function limitStack(limit: number): boolean {
  try {
    Error.stackTraceLimit = limit;
    return true;
  } catch {
    return false;
  }
}
