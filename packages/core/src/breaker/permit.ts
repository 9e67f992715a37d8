import type { OutcomeKind } from '../machine/outcome.js';
import type { DecidedBy } from '../settings/events.js';
import type { Call } from './call.js';
import { PermitEndedError } from './call-errors.js';
import type { Engine } from './engine.js';

/**
 * A call that was admitted, in two steps: do the work, then end the permit once.
 *
 * `await using permit = await breaker.start()` gives it back if it was never ended.
 */
export class Permit implements AsyncDisposable {
  // Any: a permit says nothing of its breaker's context.
  /* eslint-disable @typescript-eslint/no-explicit-any */
  readonly #engine: Engine<any>;
  readonly #call: Call<any>;
  /* eslint-enable @typescript-eslint/no-explicit-any */
  #isEnded = false;

  /** @internal made by `breaker.start()` */
  constructor(engine: Engine<unknown>, call: Call<unknown>) {
    this.#engine = engine;
    this.#call = call;
  }

  /** Aborted by the signal given to `start`, or when an exclusive lease is lost. */
  get signal(): AbortSignal {
    return this.#call.signal;
  }

  /** The name in the store. */
  get circuitName(): string {
    return this.#call.circuit.name;
  }

  /** Who admitted the call. */
  get decidedBy(): DecidedBy {
    return this.#call.decidedBy;
  }

  /** Whether this is one of a half-open round's trials. */
  get isTrial(): boolean {
    return this.#call.isTrial;
  }

  /** The fencing token of the exclusive lease; null without one. A resource that compares it can refuse a late holder. */
  get fencingToken(): number | null {
    return this.#call.lease?.token ?? null;
  }

  /**
   * The dependency answered.
   *
   * All four reject with ERR_PERMIT_ENDED on a second end, and, under `onStorageFailure: 'throw'`, with the storage
   * error that kept the outcome from the store.
   */
  succeed(): Promise<void> {
    return this.#end(() => 'success');
  }

  /** The dependency failed; `error` is for whoever reads the code. */
  fail(_error?: unknown): Promise<void> {
    return this.#end(() => 'failure');
  }

  /** The call says nothing about the dependency. A trial gives its ticket back. */
  ignore(): Promise<void> {
    return this.#end(() => 'ignored');
  }

  /** Without an error a success; with one, what the matchers make of it. */
  end(error?: unknown): Promise<void> {
    return this.#end(() =>
      error === undefined || error === null ? 'success' : this.#engine.judge.ofError(error, this.#call),
    );
  }

  /** Gives an unused permit back: it counts as nothing. No effect once it has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.#engine.release(this.#call);
  }

  async #end(outcome: () => OutcomeKind): Promise<void> {
    if (this.#isEnded) throw new PermitEndedError(this.#call.circuit.name);
    this.#isEnded = true;
    const error = await this.#engine.ended(this.#call, outcome());
    if (error !== null && this.#engine.services.settings.onStorageFailure === 'throw') throw error;
  }
}
