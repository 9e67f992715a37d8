import type { CircuitRecord, CircuitState } from '../contract/record.js';
import type { Circuit } from '../circuit/circuit.js';
import { onOneLine, quote } from '../errors/show.js';
import type { RefusalReason } from '../machine/start-steps.js';
import { effectiveState, informationOf, type Information } from '../machine/information.js';
import { describeDuration } from '../time/duration.js';
import { codeOf, refusalError, type CallRefusedError, type RefusalFacts } from './refusal-errors.js';

/** The work must not run: a circuit's refusal, or whatever else kept it from being admitted. */
export interface Refused {
  readonly status: 'refused';
  readonly error: unknown;
}

/** A refusal by a circuit, as `settle` answers it: plain data, which survives a spread, a structured clone and JSON. */
export interface Refusal extends Refused {
  readonly error: CallRefusedError;
  readonly code: CallRefusedError['code'];
  readonly message: string;
  /** ms; null: nobody knows. */
  readonly retryAfter: number | null;
}

const what = {
  open: 'is open',
  trials: 'is half-open and its trials are all taken',
  forced: 'is forced open by an operator',
} as const;

/** What a refusal tells. Each part is put together when first read: a queue that only delays the job needs none. */
export class RefusalDetails implements RefusalFacts {
  readonly retryAfter: number | null;
  readonly #circuit: Circuit;
  readonly #record: CircuitRecord | null;
  readonly #because: RefusalReason;
  readonly #now: number;
  #message: string | null = null;
  #error: CallRefusedError | null = null;

  /** @param retryAfter ms; null: nobody knows. @param now the time that it was decided on. */
  constructor(
    circuit: Circuit,
    record: CircuitRecord | null,
    because: RefusalReason,
    retryAfter: number | null,
    now: number,
  ) {
    this.#circuit = circuit;
    this.#record = record;
    this.#because = because;
    this.retryAfter = retryAfter;
    this.#now = now;
  }

  get circuitName(): string {
    return this.#circuit.name;
  }

  get state(): CircuitState {
    return effectiveState(this.#record);
  }

  get information(): Information {
    return informationOf(this.#record, this.#now, this.#circuit.rules);
  }

  get message(): string {
    this.#message ??= describe(this.#circuit.name, this.#because, this.retryAfter, this.#record);
    return this.#message;
  }

  /** The same each time. */
  get error(): CallRefusedError {
    this.#error ??= refusalError(this.#because, this);
    return this.#error;
  }

  get code(): CallRefusedError['code'] {
    return codeOf[this.#because];
  }
}

/** What Node's console shows of a refusal: what its parts say, not that they are made when they are read. */
const shown = {
  [Symbol.for('nodejs.util.inspect.custom')](this: Refusal): object {
    return { ...this };
  },
};

/** A refusal that is none of the circuit's. */
export function refusedBy(error: unknown): Refused {
  return { status: 'refused', error };
}

/** A circuit's refusal. The error and its text are made when somebody looks: they cost more than the whole refusal. */
export function refusalOf(facts: RefusalDetails): Refusal {
  return {
    __proto__: shown,
    status: 'refused',
    code: facts.code,
    retryAfter: facts.retryAfter,
    get message() {
      return facts.message;
    },
    get error() {
      return facts.error;
    },
  } as Refusal;
}

function describe(
  name: string,
  because: RefusalReason,
  retryAfter: number | null,
  record: CircuitRecord | null,
): string {
  const when =
    retryAfter === null ? 'ask its operator before trying again' : `try again in ${describeDuration(retryAfter)}`;
  return `Circuit ${quote(name)} ${what[because]}: the work was not run; ${when}.${whyOf(record)}`;
}

/** Why it was opened, where that is known. */
function whyOf(record: CircuitRecord | null): string {
  if (record === null) return '';
  const { override, lastFailure } = record;
  if (override !== null) return override.reason === null ? '' : ` Its operator says: ${onOneLine(override.reason)}`;
  return lastFailure === null ? '' : ` It opened on: ${onOneLine(lastFailure)}`;
}
