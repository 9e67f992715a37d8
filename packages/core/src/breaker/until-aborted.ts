import { refusedBy, type Applicant, type Decision } from './admission.js';
import type { Engine } from './engine.js';

/** Hands a decision on, or, if the caller gives up before it comes, a refusal with the caller's reason. */
export class UntilAborted<Context> implements Applicant<Context> {
  readonly #signal: AbortSignal;
  readonly #applicant: Applicant<Context>;
  readonly #engine: Engine<Context>;
  #isOver = false;

  constructor(signal: AbortSignal, applicant: Applicant<Context>, engine: Engine<Context>) {
    this.#signal = signal;
    this.#applicant = applicant;
    this.#engine = engine;
    signal.addEventListener('abort', this.#abort, { once: true });
  }

  decided(decision: Decision<Context>): void {
    if (!this.#isOver) return this.#tell(decision);
    // The caller has left: a call that is admitted after that runs nothing and holds nothing.
    if (decision.status === 'admitted') void this.#engine.release(decision);
  }

  readonly #abort = (): void => this.#tell(refusedBy(this.#signal.reason));

  #tell(decision: Decision<Context>): void {
    this.#isOver = true;
    this.#signal.removeEventListener('abort', this.#abort);
    this.#applicant.decided(decision);
  }
}
