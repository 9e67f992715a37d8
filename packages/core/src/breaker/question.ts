import type { CircuitryError } from '../errors/circuitry-error.js';
import type { Circuit } from './circuit.js';
import { Bounded } from './deadlines.js';
import type { WriteAnswer } from './port.js';

/** What the store is asked to do. */
export type Verb = 'retrieve' | 'apply' | 'store' | 'lock';

/** A call to the store on its way. */
export class Question<Context> extends Bounded {
  readonly circuit: Circuit<Context>;
  readonly verb: Verb;
  /** Growing in the process: which of two answers is to a later question. */
  readonly order: number;
  /** When it began, ms by the process's clock. */
  readonly at: number;
  readonly resolve: (answer: WriteAnswer) => void;
  readonly reject: (error: CircuitryError) => void;
  /** Whether it is the read of the circuit's `reads`. */
  readonly isShared: boolean;

  constructor(
    circuit: Circuit<Context>,
    verb: Verb,
    order: number,
    at: number,
    resolve: (answer: WriteAnswer) => void,
    reject: (error: CircuitryError) => void,
    isShared: boolean,
  ) {
    super();
    this.circuit = circuit;
    this.verb = verb;
    this.order = order;
    this.at = at;
    this.resolve = resolve;
    this.reject = reject;
    this.isShared = isShared;
  }
}
