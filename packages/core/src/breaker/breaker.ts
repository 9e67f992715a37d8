import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import type { CircuitState } from '../contract/record.js';
import { informationOf, type Information } from '../machine/information.js';
import type { OutcomeKind } from '../machine/outcome.js';
import { effectiveRecord } from '../machine/transition.js';
import type { Call } from './call.js';
import type { Circuit } from './circuit.js';
import type { Decision } from './admission.js';
import type { Engine } from './engine.js';
import type { Operator, OverrideOptions } from './operator.js';
import { Permit } from './permit.js';
import { withTimeout, type Work } from './work.js';

/** What `start` takes. */
export interface StartOptions {
  /** Cancels the call: before its admission it rejects with the reason, afterwards the work's signal is aborted. */
  readonly signal?: AbortSignal;
}

/** What `execute` takes. */
export interface ExecuteOptions<Fallback = never> extends StartOptions {
  /** Answers in place of the work when the call is refused; not for the work's own errors, nor for a cancelled call. */
  readonly fallback?: (error: CircuitryError) => Fallback | PromiseLike<Fallback>;
}

/** What a call came to, the three results of the original told apart. */
export type Settled<T> =
  | { readonly status: 'fulfilled'; readonly value: T } & SettledCircuit
  | { readonly status: 'rejected'; readonly reason: unknown } & SettledCircuit
  /** The work did not run: a CallRefusedError, the storage error under `'throw'`, or the reason of an aborted signal. */
  | { readonly status: 'refused'; readonly error: unknown };

/** What the circuit itself has to say about a call whose work ran. */
export interface SettledCircuit {
  /** What kept the outcome from the store. */
  readonly circuitError?: CircuitryError;
  /** Which storage-failure policy admitted the call; absent where the store did. */
  readonly decidedBy?: 'local' | 'allow';
}

/** How one factory's breakers reach it. */
export interface BreakerHost<Context> {
  readonly engine: Engine<Context>;
  readonly operator: Operator<Context>;
  /** The circuit as it is remembered now. */
  circuitOf(known: Circuit<Context>): Circuit<Context>;
}

/** One circuit, as a job meets it. Cheap: make one per job. Safe for any number of concurrent calls. */
export class CircuitBreaker<Context = unknown> {
  readonly #host: BreakerHost<Context>;
  #known: Circuit<Context>;

  /** @internal made by `factory.breakerFor()` */
  constructor(host: BreakerHost<Context>, circuit: Circuit<Context>) {
    this.#host = host;
    this.#known = circuit;
  }

  /** The name in the store. */
  get name(): string {
    return this.#known.name;
  }

  /** As given to `breakerFor`. */
  get circuit(): string {
    return this.#known.circuit;
  }

  /** As given to `breakerFor`. */
  get context(): Context {
    return this.#known.context;
  }

  /**
   * Runs `work` if the circuit lets it. Resolves with its value, or rejects with its own error, untouched; or, where it
   * did not run, with a CallRefusedError (see `retryAfter`), the storage error under `'throw'`, ERR_LOCK_TIMEOUT under
   * `exclusive`, or the reason of an aborted signal.
   */
  async execute<T, Fallback = never>(work: Work<T>, options: ExecuteOptions<Fallback> = {}): Promise<T | Fallback> {
    const settled = await this.settle(work, options);
    if (settled.status === 'fulfilled') return settled.value;
    if (settled.status === 'rejected') throw settled.reason;
    const { error } = settled;
    if (options.fallback !== undefined && options.signal?.aborted !== true && isCircuitryError(error)) return options.fallback(error);
    throw error;
  }

  /** As `execute`, but never rejects: it tells apart what the work did and what the circuit did. */
  async settle<T>(work: Work<T>, options: StartOptions = {}): Promise<Settled<T>> {
    let decision: Decision<Context>;
    try {
      decision = await this.#host.engine.begin(this.#current(), options.signal);
    } catch (error) {
      return { status: 'refused', error };
    }
    return decision.kind === 'refused' ? { status: 'refused', error: decision.error } : this.#run(work, decision.call);
  }

  /**
   * The two-step form: a permit to be ended once. Rejects as `execute` does where the work must not run.
   */
  async start(options: StartOptions = {}): Promise<Permit<Context>> {
    const decision = await this.#host.engine.begin(this.#current(), options.signal);
    if (decision.kind === 'refused') throw decision.error;
    return new Permit(this.#host.engine, decision.call);
  }

  /** `fn` with the same arguments and `this`, protected. */
  wrap<This, Arguments extends unknown[], T>(fn: (this: This, ...values: Arguments) => T | PromiseLike<T>): (this: This, ...values: Arguments) => Promise<T> {
    const execute = (work: Work<T>): Promise<T> => this.execute(work);
    return function protectedFunction(this: This, ...values) {
      return execute(() => fn.apply(this, values));
    };
  }

  /** As the store has it now, with expiry applied: `'half-open'` once due. Writes nothing; rejects with ERR_STORAGE. */
  async state(): Promise<CircuitState> {
    return (await this.information()).state;
  }

  /** As the store has it now, with expiry applied. Writes nothing; rejects with ERR_STORAGE whatever the policy. */
  async information(): Promise<Information> {
    const circuit = this.#current();
    const { record, now } = await this.#host.engine.look(circuit);
    return informationOf(effectiveRecord(record, now, circuit.rules), now, circuit.rules);
  }

  /** Opens the circuit for the whole fleet until released, or for a while. Rejects with ERR_STORAGE where the store can't be reached. */
  forceOpen(options: OverrideOptions = {}): Promise<void> {
    return this.#host.operator.force(this.#current(), 'open', options);
  }

  /** Closes the circuit for the whole fleet: counts go on, nothing trips. */
  forceClosed(options: OverrideOptions = {}): Promise<void> {
    return this.#host.operator.force(this.#current(), 'closed', options);
  }

  /** Takes an override back: a clean closed state. Does nothing where there is none. */
  release(): Promise<void> {
    return this.#host.operator.release(this.#current());
  }

  /** Starts the circuit afresh, whatever it was: closed, no counts, no override. */
  reset(): Promise<void> {
    return this.#host.operator.reset(this.#current());
  }

  #current(): Circuit<Context> {
    this.#known = this.#host.circuitOf(this.#known);
    return this.#known;
  }

  async #run<T>(work: Work<T>, call: Call<Context>): Promise<Settled<T>> {
    const { engine } = this.#host;
    const { workTimeout, clock } = engine.services.settings;
    let value: T;
    try {
      value = await (workTimeout === null ? work(call) : withTimeout(work, call, workTimeout, clock));
    } catch (reason) {
      const outcome = isCircuitryError(reason, 'ERR_WORK_TIMEOUT') && reason === call.abortReason ? 'failure' : engine.judge.ofError(reason, call);
      return { status: 'rejected', reason, ...(await this.#end(call, outcome)) };
    }
    return { status: 'fulfilled', value, ...(await this.#end(call, engine.judge.ofValue(value, call))) };
  }

  async #end(call: Call<Context>, outcome: OutcomeKind): Promise<SettledCircuit> {
    const error = await this.#host.engine.end(call, outcome);
    const { decidedBy } = call;
    return {
      ...(error === null ? {} : { circuitError: error }),
      ...(decidedBy === 'local' || decidedBy === 'allow' ? { decidedBy } : {}),
    };
  }
}
