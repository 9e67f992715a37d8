import type { Call } from '../call/call.js';
import { ignored, succeeded, type Verdict } from '../call/classifier.js';
import { PermitEndedError } from '../errors/call-errors.js';
import type { DecidedBy } from '../events/events.js';
import type { Duration } from '../time/duration.js';
import type { Calls } from './calls.js';
import type { LiveCircuit } from './live-circuit.js';

/** What `permit.fail` takes beside the error. */
export interface FailOptions {
  /**
   * How long the dependency said to wait: the circuit opens at once, for so long, at most `maxOpenFor`. What
   * `retryAfterOf` answers will do; null and undefined: it said nothing.
   */
  readonly openFor?: Duration | null | undefined;
}

/**
 * A call that was admitted, in two steps: do the work, then end the permit once.
 *
 * `await using permit = await breaker.start()` gives it back if it was never ended.
 */
export class Permit implements AsyncDisposable {
  readonly #calls: Calls;
  readonly #live: LiveCircuit;
  readonly #call: Call;
  #isEnded = false;

  /** @internal made by `breaker.start()` */
  constructor(calls: Calls, live: LiveCircuit, call: Call) {
    this.#calls = calls;
    this.#live = live;
    this.#call = call;
    calls.measure(call, live);
  }

  /** Aborted by the signal given to `start`, or when an exclusive lease is lost. */
  get signal(): AbortSignal {
    return this.#call.signal;
  }

  /** The name in the store. */
  get circuitName(): string {
    return this.#call.subject.name;
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
    return this.#call.fencingToken;
  }

  /**
   * The dependency answered.
   *
   * All four reject with ERR_PERMIT_ENDED on a second end, and, under `onStorageFailure: 'throw'`, with the storage
   * error that kept the outcome from the store.
   */
  succeed(): Promise<void> {
    return this.#end(() => succeeded, undefined);
  }

  /** The dependency failed; `error` is what operators are told of, by `describeFailure`. */
  fail(error?: unknown, options?: FailOptions): Promise<void> {
    return this.#end(() => this.#live.kind.classifier.told(options, this.#call), error);
  }

  /** The call says nothing about the dependency. A trial gives its ticket back. */
  ignore(): Promise<void> {
    return this.#end(() => ignored, undefined);
  }

  /** Without an error a success; with one, what the matchers make of it. */
  end(error?: unknown): Promise<void> {
    const isSuccess = error === undefined || error === null;
    return this.#end(() => (isSuccess ? succeeded : this.#live.kind.classifier.ofError(error, this.#call)), error);
  }

  /** Gives an unused permit back: it counts as nothing. No effect once it has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#live.kind.stalls?.leave(this.#call.startedAt);
    await this.#call.letGo(false);
  }

  async #end(verdict: () => Verdict, thrown: unknown): Promise<void> {
    if (this.#isEnded) throw new PermitEndedError(this.#call.subject.name);
    this.#isEnded = true;
    const error = await this.#calls.endWith(this.#call, this.#live, verdict(), thrown);
    if (error !== null && this.#live.kind.settings.onStorageFailure === 'throw') throw error;
  }
}
