import { refusedBy, type Refused } from '../admission/refusal.js';
import { faultOfSignal } from '../call/call-request.js';
import type { Work } from '../call/work.js';
import { nothing, rejected, settled } from '../circuit/resolver.js';
import type { CircuitState } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { quote, show } from '../errors/show.js';
import type { InvalidNameError } from '../errors/storage-errors.js';
import type { Information } from '../machine/facts/information.js';
import { informationOf } from '../machine/record/information-of.js';
import { effectiveRecord } from '../machine/transition/transition.js';
import type { DefaultContext } from '../settings/options.js';
import type { FactoryHost } from './factory-host.js';
import type { OverrideOptions } from './operators.js';
import { Permit } from './permit.js';
import { refusedResult, type Settled } from './settled.js';

/** What `start` takes. */
export interface StartOptions {
  /**
   * Cancels the call: before its admission it rejects with the reason, afterwards the work's signal is aborted. It goes on
   * to reach what the work left alive, such as the body of a response.
   */
  readonly signal?: AbortSignal | undefined;
}

/** What `execute` takes. */
export interface ExecuteOptions<Fallback = never> extends StartOptions {
  /** Answers in place of the work when the call is refused; not for the work's own errors, nor for a cancelled call. */
  readonly fallback?: ((error: CircuitryError) => Fallback | PromiseLike<Fallback>) | undefined;
}

/** One circuit, as a job meets it. Cheap: make one for each job. Safe for any number of concurrent calls. */
export class CircuitBreaker<Context = DefaultContext> {
  /** The name in the store. */
  readonly name: string;
  /** As given to `breakerFor`. */
  readonly circuit: string;
  /** As given to `breakerFor`. */
  readonly context: Context;
  readonly #host: FactoryHost;
  /** Why no store may be asked about this name; null: it is a good one. */
  readonly #nameFault: InvalidNameError | null;

  /** @internal made by `factory.breakerFor()` */
  constructor(host: FactoryHost, name: string, circuit: string, context: Context, nameFault: InvalidNameError | null) {
    this.#host = host;
    this.name = name;
    this.circuit = circuit;
    this.context = context;
    this.#nameFault = nameFault;
  }

  /**
   * Runs `work` if the circuit lets it. Resolves with its value, or rejects with its own error, untouched; or, where it
   * did not run, with a CallRefusedError (see `retryAfter`), the storage error under `'throw'`, ERR_LOCK_TIMEOUT under
   * `exclusive`, or the reason of an aborted signal.
   *
   * Work and `fallback` run in the async context of this call.
   */
  execute<T, Fallback = never>(work: Work<T>, options?: ExecuteOptions<Fallback>): Promise<T | Fallback> {
    const signal = signalOf(options);
    const fault = faultOf(this.name, work, signal);
    if (fault !== null) return rejected(fault.error);
    const { calls } = this.#host;
    return calls.execute(work, calls.request(this, signal as AbortSignal, this.#nameFault), options);
  }

  /** As `execute`, but never rejects: it tells apart what the work did and what the circuit did. */
  settle<T>(work: Work<T>, options?: StartOptions): Promise<Settled<T>> {
    const signal = signalOf(options);
    const fault = faultOf(this.name, work, signal);
    if (fault !== null) return settled(refusedResult(fault));
    const { calls } = this.#host;
    return calls.settle(work, calls.request(this, signal as AbortSignal, this.#nameFault));
  }

  /** The two-step form: a permit to be ended once. Rejects as `execute` does where the work must not run. */
  async start(options?: StartOptions): Promise<Permit> {
    const signal = signalOf(options);
    const fault = faultOf(this.name, nothing, signal);
    if (fault !== null) throw fault.error;
    const { calls } = this.#host;
    const request = calls.request(this, signal as AbortSignal, this.#nameFault);
    const admission = await calls.admit(request);
    if (admission.status === 'refused') throw admission.error;
    return new Permit(calls, request.home, admission);
  }

  /** `fn` with the same arguments and `this`, name and length, protected. */
  wrap<This, Arguments extends unknown[], T>(
    fn: (this: This, ...values: Arguments) => T | PromiseLike<T>,
  ): (this: This, ...values: Arguments) => Promise<T> {
    if (typeof fn !== 'function') throw noWork(this.name, fn);
    const execute = (work: Work<T>): Promise<T> => this.execute(work);
    const wrapped = function (this: This, ...values: Arguments): Promise<T> {
      return execute(() => fn.apply(this, values));
    };
    return Object.defineProperties(wrapped, {
      name: { value: fn.name, configurable: true },
      length: { value: fn.length, configurable: true },
    });
  }

  /** As the store has it now, with expiry applied: `'half-open'` once due. Writes nothing; rejects with ERR_STORAGE. */
  async state(): Promise<CircuitState> {
    return (await this.information()).state;
  }

  /** As the store has it now, with expiry applied. Writes nothing; rejects with ERR_STORAGE whatever the policy. */
  async information(): Promise<Information> {
    mustHaveName(this.#nameFault);
    const { circuit, sight } = await this.#host.look(this);
    const { record, now } = sight;
    return informationOf(effectiveRecord(record, now, circuit.rules), now, circuit.rules);
  }

  /**
   * Opens the circuit in the ordinary way, as a trip does, with trials afterwards: for `for`, or else for `allowAfter`.
   * Rejects with ERR_STORAGE where the store can't be reached.
   */
  async trip(options: OverrideOptions = {}): Promise<void> {
    mustHaveName(this.#nameFault);
    return this.#host.operators.trip(this, options);
  }

  /** Opens the circuit for the whole fleet until released, or for a while. Rejects with ERR_STORAGE where the store can't be reached. */
  async forceOpen(options: OverrideOptions = {}): Promise<void> {
    mustHaveName(this.#nameFault);
    return this.#host.operators.force(this, 'open', options);
  }

  /** Closes the circuit for the whole fleet: counts go on, nothing trips. */
  async forceClosed(options: OverrideOptions = {}): Promise<void> {
    mustHaveName(this.#nameFault);
    return this.#host.operators.force(this, 'closed', options);
  }

  /** Takes an override back: a clean closed state. Does nothing where there is none. */
  async release(): Promise<void> {
    mustHaveName(this.#nameFault);
    return this.#host.operators.release(this);
  }

  /** Starts the circuit afresh, whatever it was: closed, no counts, no override. */
  async reset(): Promise<void> {
    mustHaveName(this.#nameFault);
    return this.#host.operators.reset(this);
  }
}

// Not private methods: there may be a breaker for each call, and one that has any has a field for them.

/** There is nothing to look at, or to act on, under a name that is none. */
function mustHaveName(nameFault: InvalidNameError | null): void {
  if (nameFault !== null) throw nameFault;
}

/** What stands for a signal where options threw when they were looked at: why the call is refused. */
const unreadable = new WeakSet();

/** The signal that was given to a call, looked at once: options may be anybody's. */
function signalOf(options: StartOptions | undefined): unknown {
  try {
    return options?.signal;
  } catch (error) {
    const refused = refusedBy(error);
    unreadable.add(refused);
    return refused;
  }
}

/** What is wrong with a call before anybody is asked; null: nothing. A typing error is no failure of the dependency. */
function faultOf(name: string, work: unknown, signal: unknown): Refused | null {
  if (typeof work !== 'function') return refusedBy(noWork(name, work));
  if (signal === undefined) return null;
  const fault = faultOfSignal(signal, name);
  if (fault === null) return null;
  return unreadable.has(signal as object) ? (signal as Refused) : refusedBy(fault);
}

function noWork(name: string, work: unknown): TypeError {
  return new TypeError(`The work of circuit ${quote(name)} must be a function, not ${show(work)}: nothing was run.`);
}
