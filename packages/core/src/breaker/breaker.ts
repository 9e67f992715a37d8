import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import { show } from '../errors/show.js';
import type { CircuitState } from '../contract/record.js';
import { informationOf, type Information } from '../machine/information.js';
import type { DefaultContext } from '../settings/options.js';
import { effectiveRecord } from '../machine/transition.js';
import { Call } from './call.js';
import type { Circuit, CircuitSubject } from './circuit.js';
import { refusedBy, type Applicant, type Decision, type Refused } from './admission.js';
import type { Engine } from './engine.js';
import type { Operator, OverrideOptions } from './operator.js';
import { Permit } from './permit.js';
import { executeAtOnce, Run, type Client } from './run.js';
import { soon } from './soon.js';
import type { Work } from './work.js';

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
  | ({ readonly status: 'fulfilled'; readonly value: T } & SettledCircuit)
  | ({ readonly status: 'rejected'; readonly reason: unknown } & SettledCircuit)
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
export class CircuitBreaker<Context = DefaultContext> {
  // Any: a breaker only hands its context out, so one of a narrower context will do where a wider one is asked for.
  /* eslint-disable @typescript-eslint/no-explicit-any */
  readonly #host: BreakerHost<any>;
  readonly #subject: CircuitSubject<Context>;
  #known: Circuit<any>;
  /* eslint-enable @typescript-eslint/no-explicit-any */

  /** @internal made by `factory.breakerFor()` */
  constructor(host: BreakerHost<Context>, subject: CircuitSubject<Context>, circuit: Circuit<Context>) {
    this.#host = host;
    this.#subject = subject;
    this.#known = circuit;
  }

  /** The name in the store. */
  get name(): string {
    return this.#subject.name;
  }

  /** As given to `breakerFor`. */
  get circuit(): string {
    return this.#subject.circuit;
  }

  /** As given to `breakerFor`. */
  get context(): Context {
    return this.#subject.context;
  }

  /**
   * Runs `work` if the circuit lets it. Resolves with its value, or rejects with its own error, untouched; or, where it
   * did not run, with a CallRefusedError (see `retryAfter`), the storage error under `'throw'`, ERR_LOCK_TIMEOUT under
   * `exclusive`, or the reason of an aborted signal.
   */
  execute<T, Fallback = never>(work: Work<T>, options?: ExecuteOptions<Fallback>): Promise<T | Fallback> {
    const decided = typeof work === 'function' ? this.#decideAtOnce(options) : noWork(this.name, work);
    if (decided instanceof Call) return executeAtOnce(this.#host.engine, work, decided);
    return new Promise((resolve, reject) => {
      const refused = (refusal: Refused): void => insteadOf(refusal, options, resolve, reject);
      if (decided === null) this.#run(work, options, { refused, fulfilled: resolve, rejected: reject, fail: reject });
      else refused(decided);
    });
  }

  /** As `execute`, but never rejects: it tells apart what the work did and what the circuit did. */
  settle<T>(work: Work<T>, options?: StartOptions): Promise<Settled<T>> {
    const decided = typeof work === 'function' ? this.#decideAtOnce(options) : noWork(this.name, work);
    if (decided?.status === 'refused') return Promise.resolve(decided);
    return new Promise((resolve, fail) => {
      const client: Client<T> = {
        refused: resolve,
        fulfilled: (value, call, error) => resolve({ status: 'fulfilled', value, ...circuitOf(call, error) }),
        rejected: (reason, call, error) => resolve({ status: 'rejected', reason, ...circuitOf(call, error) }),
        fail,
      };
      this.#run(work, options, client, decided);
    });
  }

  /**
   * The two-step form: a permit to be ended once. Rejects as `execute` does where the work must not run.
   */
  async start(options: StartOptions = {}): Promise<Permit> {
    const decision =
      this.#decideAtOnce(options) ??
      (await new Promise<Decision<unknown>>((decided) => this.#decide(options, { decided })));
    if (decision.status === 'refused') throw decision.error;
    return new Permit(this.#host.engine, decision);
  }

  /** `fn` with the same arguments and `this`, protected. */
  wrap<This, Arguments extends unknown[], T>(
    fn: (this: This, ...values: Arguments) => T | PromiseLike<T>,
  ): (this: This, ...values: Arguments) => Promise<T> {
    if (typeof fn !== 'function') throw noWork(this.name, fn).error;
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

  #current(): Circuit<unknown> {
    this.#known = this.#host.circuitOf(this.#known);
    return this.#known;
  }

  #decideAtOnce(options: StartOptions | undefined): Decision<unknown> | null {
    return this.#host.engine.decideAtOnce(this.#current(), this.#subject, options?.signal);
  }

  #decide(options: StartOptions | undefined, applicant: Applicant<unknown>): void {
    this.#host.engine.decide(this.#current(), this.#subject, options?.signal, applicant);
  }

  /** @param decided null: the store has to be asked first */
  #run<T>(
    work: Work<T>,
    options: StartOptions | undefined,
    client: Client<T>,
    decided: Decision<unknown> | null = null,
  ): void {
    const run = new Run(this.#host.engine, work, client);
    if (decided === null) this.#decide(options, run);
    else run.decided(decided);
  }
}

/** Refuses what can't be run: a typing error is no failure of the dependency, and must not open the circuit. */
function noWork(name: string, work: unknown): Refused {
  const fault = `The work of circuit ${JSON.stringify(name)} must be a function, not ${show(work)}: nothing was run.`;
  return refusedBy(new TypeError(fault));
}

/** What `execute` comes to where the work did not run. */
function insteadOf<Fallback>(
  { error }: Refused,
  options: ExecuteOptions<Fallback> | undefined,
  resolve: (value: Promise<Fallback>) => void,
  reject: (error: unknown) => void,
): void {
  const { fallback, signal } = options ?? {};
  if (fallback !== undefined && signal?.aborted !== true && isCircuitryError(error)) {
    resolve(Promise.resolve().then(() => fallback(error)));
  } else {
    // A turn later, and without a throw: either costs as much again as the error.
    soon(() => reject(error));
  }
}

/** What `settle` adds about the circuit. */
function circuitOf({ decidedBy }: Call<unknown>, error: CircuitryError | null): SettledCircuit {
  return {
    ...(error === null ? {} : { circuitError: error }),
    ...(decidedBy === 'local' || decidedBy === 'allow' ? { decidedBy } : {}),
  };
}
