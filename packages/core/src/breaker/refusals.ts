import type { CircuitState } from '../contract/record.js';
import { CircuitryError, nameErrorClass } from '../errors/circuitry-error.js';
import type { RefusalReason } from '../machine/start-steps.js';
import type { Information } from '../machine/information.js';
import { describeDuration } from '../time/duration.js';

/** What a refusal tells. */
export interface RefusalFacts {
  /** The name in the store. */
  readonly circuitName: string;
  readonly state: CircuitState;
  /** ms until a call may be admitted, jitter included; null: nobody knows. */
  readonly retryAfter: number | null;
  /** Asked only when somebody looks. */
  readonly information: () => Information;
}

/** A call that the circuit refused: the work did not run. `retryAfter` is what a queue delays the job by. */
export abstract class CallRefusedError extends CircuitryError {
  abstract override readonly code: 'ERR_CIRCUIT_OPEN' | 'ERR_TOO_MANY_TRIALS' | 'ERR_FORCED_OPEN';
  /** The name in the store. */
  readonly circuitName: string;
  /** The effective state that refused. */
  readonly state: CircuitState;
  /** ms until a call may be admitted, plus the factory's `retryJitter`; null when forced open without end. */
  readonly retryAfter: number | null;
  readonly #information: () => Information;

  constructor(message: string, facts: RefusalFacts) {
    super(message);
    this.circuitName = facts.circuitName;
    this.state = facts.state;
    this.retryAfter = facts.retryAfter;
    this.#information = facts.information;
  }

  /** The circuit as it was when it refused; put together when first read. */
  get information(): Information {
    return this.#information();
  }
}

/** The circuit is open and its pause is not over. */
export class CircuitOpenError extends CallRefusedError {
  readonly code = 'ERR_CIRCUIT_OPEN';
}

/** The circuit is half-open and all trials of this round are taken. */
export class TooManyTrialsError extends CallRefusedError {
  readonly code = 'ERR_TOO_MANY_TRIALS';
}

/** An operator forced the circuit open. */
export class ForcedOpenError extends CallRefusedError {
  readonly code = 'ERR_FORCED_OPEN';
}

nameErrorClass(CallRefusedError, 'CallRefusedError');
nameErrorClass(CircuitOpenError, 'CircuitOpenError');
nameErrorClass(TooManyTrialsError, 'TooManyTrialsError');
nameErrorClass(ForcedOpenError, 'ForcedOpenError');

/**
 * The error of a refusal, without a stack trace: where it was made says nothing about why, capturing it costs several
 * microseconds, and an open circuit makes them by the thousand. Name, code and message are in `stack` all the same.
 */
export function refusalError(because: RefusalReason, facts: RefusalFacts): CallRefusedError {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    switch (because) {
      case 'open':
        return new CircuitOpenError(describe(facts, 'is open'), facts);
      case 'trials':
        return new TooManyTrialsError(describe(facts, 'is half-open and its trials are all taken'), facts);
      case 'forced':
        return new ForcedOpenError(describe(facts, 'is forced open by an operator'), facts);
    }
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function describe({ circuitName, retryAfter }: RefusalFacts, what: string): string {
  const when =
    retryAfter === null ? 'ask its operator before trying again' : `try again in ${describeDuration(retryAfter)}`;
  return `Circuit ${JSON.stringify(circuitName)} ${what}: the work was not run; ${when}.`;
}
