import type { Circuit, RefusalWords } from '../circuit/circuit.js';
import type { CircuitRecord, CircuitState } from '../contract/record.js';
import { onOneLine, quote } from '../errors/show.js';
import type { Information } from '../machine/facts/information.js';
import { effectiveState, informationOf } from '../machine/record/information-of.js';
import type { RefusalReason } from '../machine/steps/start-steps.js';
import { describeDuration } from '../time/duration.js';
import { codeOf, refusalError, type CallRefusedError, type RefusalFacts } from './refusal-errors.js';

/** The work must not run: a circuit's refusal, or whatever else kept it from being admitted. */
export interface Refused {
  readonly status: 'refused';
  readonly error: unknown;
}

/** A refusal that is none of the circuit's. */
export function refusedBy(error: unknown): Refused {
  return { status: 'refused', error };
}

const what = {
  open: 'is open',
  trials: 'is half-open and its trials are all taken',
  forced: 'is forced open by an operator',
} as const;

/**
 * A refusal by a circuit, as `settle` answers it. All that it says are properties of its own, which survive a spread, a
 * structured clone and JSON.
 *
 * Its error is made when somebody looks, and then is the same each time: it costs more than the whole refusal, and a queue
 * that only delays the job needs none.
 */
export class Refusal implements Refused, RefusalFacts {
  readonly status = 'refused';
  readonly code: CallRefusedError['code'];
  /** ms; null: nobody knows. */
  readonly retryAfter: number | null;
  readonly message: string;
  readonly #circuit: Circuit;
  readonly #record: CircuitRecord | null;
  readonly #because: RefusalReason;
  readonly #now: number;
  #error: CallRefusedError | null = null;

  /** @param now the time that it was decided on, ms by the store's clock */
  constructor(
    circuit: Circuit,
    record: CircuitRecord | null,
    because: RefusalReason,
    retryAfter: number | null,
    now: number,
  ) {
    this.code = codeOf[because];
    this.message = messageOf(circuit, record, because, retryAfter);
    this.retryAfter = retryAfter;
    this.#circuit = circuit;
    this.#record = record;
    this.#because = because;
    this.#now = now;
  }

  /** Made when first asked for. */
  get error(): CallRefusedError {
    return (this.#error ??= refusalError(this.#because, this));
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
}

/** What the class has, in each object: one getter for all, since one of its own would cost it more than the rest does. */
const ownError = {
  enumerable: true,
  configurable: true,
  // Without a setter, even an undefined one: with it the host would take far longer.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- a property's getter is bound to its object
  get: Object.getOwnPropertyDescriptor(Refusal.prototype, 'error')?.get,
} as PropertyDescriptor;

/** A refusal that goes out to the user: `error`, too, is a property of its own. `execute`, which throws it, needs none. */
export function shown(refusal: Refusal): Refusal {
  return Object.defineProperty(refusal, 'error', ownError);
}

// What Node's console shows: what the parts say, not that one of them is made when it is read.
Object.defineProperty(Refusal.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Refusal): object {
    return { ...this };
  },
});

function messageOf(
  circuit: Circuit,
  record: CircuitRecord | null,
  because: RefusalReason,
  retryAfter: number | null,
): string {
  const known = circuit.words;
  const isSame = known !== null && known.record === record && known.because === because;
  const { before, after } = isSame ? known : circuit.keepWords(wordsOf(circuit.name, record, because));
  const when =
    retryAfter === null ? 'ask its operator before trying again' : `try again in ${describeDuration(retryAfter)}`;
  return `${before}${when}${after}`;
}

function wordsOf(name: string, record: CircuitRecord | null, because: RefusalReason): RefusalWords {
  const before = `Circuit ${quote(name)} ${what[because]}: the work was not run; `;
  return { record, because, before, after: `.${whyOf(record)}` };
}

/** Why it was opened, where that is known. */
function whyOf(record: CircuitRecord | null): string {
  if (record === null) return '';
  const { override, lastFailure } = record;
  if (override !== null) return override.reason === null ? '' : ` Its operator says: ${onOneLine(override.reason)}`;
  return lastFailure === null ? '' : ` It opened on: ${onOneLine(lastFailure)}`;
}
