import type { Circuit } from './circuit.js';
import { Bounded } from './deadlines.js';
import type { Asker } from './port.js';

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
  readonly asker: Asker;

  constructor(circuit: Circuit<Context>, verb: Verb, order: number, at: number, asker: Asker) {
    super();
    this.circuit = circuit;
    this.verb = verb;
    this.order = order;
    this.at = at;
    this.asker = asker;
  }
}
