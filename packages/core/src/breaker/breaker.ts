import type { Admission } from '../admission/gate.js';
import { refusedBy, type Refused } from '../admission/refusal.js';
import type { Call } from '../call/call.js';
import { faultOfSignal } from '../call/call-request.js';
import type { Work } from '../call/work.js';
import { rejected, settled } from '../circuit/resolver.js';
import type { CircuitState } from '../contract/record.js';
import { isAborted } from '../contract/with-signal.js';
import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import { quote, show } from '../errors/show.js';
import type { InvalidNameError } from '../errors/storage-errors.js';
import type { Information } from '../machine/facts/information.js';
import { informationOf } from '../machine/record/information-of.js';
import { effectiveRecord } from '../machine/transition/transition.js';
import { errandsDone } from '../outcomes/outbox.js';
import type { DefaultContext } from '../settings/options.js';
import type { BreakerHost } from './host.js';
import type { Request } from './live-circuit.js';
import type { OverrideOptions } from './operators.js';
import { Permit } from './permit.js';
import { circuitOf, refusedResult, type Settled } from './settled.js';

/** What `start` takes. */
export interface StartOptions {
  /**
   * Cancels the call: before its admission it rejects with the reason, afterwards the work's signal is aborted. It goes on
   * to reach what the work left alive, such as the body of a response.
   */
  readonly signal?: AbortSignal;
}

/** What `execute` takes. */
export interface ExecuteOptions<Fallback = never> extends StartOptions {
  /** Answers in place of the work when the call is refused; not for the work's own errors, nor for a cancelled call. */
  readonly fallback?: (error: CircuitryError) => Fallback | PromiseLike<Fallback>;
}

/** One circuit, as a job meets it. Cheap: make one for each job. Safe for any number of concurrent calls. */
export class CircuitBreaker<Context = DefaultContext> {
  /** The name in the store. */
  readonly name: string;
  /** As given to `breakerFor`. */
  readonly circuit: string;
  /** As given to `breakerFor`. */
  readonly context: Context;
  readonly #host: BreakerHost;
  /** Why no store may be asked about this name; null: it is a good one. */
  readonly #nameFault: InvalidNameError | null;

  /** @internal made by `factory.breakerFor()` */
  constructor(host: BreakerHost, name: string, circuit: string, context: Context, nameFault: InvalidNameError | null) {
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
    const fault = this.#faultOf(work, options);
    if (fault !== null) return insteadOf(fault, undefined);
    const request = this.#request(options?.signal);
    const admission = this.#admitNow(request);
    if (admission === null) return this.#executeLater(work, options, request);
    return admission.status === 'refused' ? insteadOf(admission, options) : this.#executeNow(work, request, admission);
  }

  /** As `execute`, but never rejects: it tells apart what the work did and what the circuit did. */
  settle<T>(work: Work<T>, options?: StartOptions): Promise<Settled<T>> {
    const fault = this.#faultOf(work, options);
    if (fault !== null) return settled(refusedResult(fault));
    const request = this.#request(options?.signal);
    const admission = this.#admitNow(request);
    return admission?.status === 'refused'
      ? settled(refusedResult(admission))
      : this.#settleLater(work, request, admission);
  }

  /** The two-step form: a permit to be ended once. Rejects as `execute` does where the work must not run. */
  async start(options?: StartOptions): Promise<Permit> {
    const fault = this.#faultOf(nothing, options);
    if (fault !== null) throw fault.error;
    const request = this.#request(options?.signal);
    const { calls } = this.#host;
    const admission = this.#admitNow(request) ?? calls.admitted(request, await calls.admit(request));
    if (admission.status === 'refused') throw admission.error;
    return new Permit(calls, request.live, admission);
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
    this.#mustHaveName();
    const { circuit, sight } = await this.#host.look(this);
    const { record, now } = sight;
    return informationOf(effectiveRecord(record, now, circuit.rules), now, circuit.rules);
  }

  /**
   * Opens the circuit in the ordinary way, as a trip does, with trials afterwards: for `for`, or else for `allowAfter`.
   * Rejects with ERR_STORAGE where the store can't be reached.
   */
  async trip(options: OverrideOptions = {}): Promise<void> {
    this.#mustHaveName();
    return this.#host.operators.trip(this, options);
  }

  /** Opens the circuit for the whole fleet until released, or for a while. Rejects with ERR_STORAGE where the store can't be reached. */
  async forceOpen(options: OverrideOptions = {}): Promise<void> {
    this.#mustHaveName();
    return this.#host.operators.force(this, 'open', options);
  }

  /** Closes the circuit for the whole fleet: counts go on, nothing trips. */
  async forceClosed(options: OverrideOptions = {}): Promise<void> {
    this.#mustHaveName();
    return this.#host.operators.force(this, 'closed', options);
  }

  /** Takes an override back: a clean closed state. Does nothing where there is none. */
  async release(): Promise<void> {
    this.#mustHaveName();
    return this.#host.operators.release(this);
  }

  /** Starts the circuit afresh, whatever it was: closed, no counts, no override. */
  async reset(): Promise<void> {
    this.#mustHaveName();
    return this.#host.operators.reset(this);
  }

  #request(signal: AbortSignal | undefined): Request {
    return this.#nameFault === null ? this.#host.request(this, signal) : this.#host.namelessRequest(this, signal);
  }

  #admitNow(request: Request): Admission | null {
    const { calls } = this.#host;
    return this.#nameFault === null ? calls.admitNow(request) : calls.admitNameless(request, this.#nameFault);
  }

  /** There is nothing to look at, or to act on, under a name that is none. */
  #mustHaveName(): void {
    if (this.#nameFault !== null) throw this.#nameFault;
  }

  async #executeLater<T, Fallback>(
    work: Work<T>,
    options: ExecuteOptions<Fallback> | undefined,
    request: Request,
  ): Promise<T | Fallback> {
    const { calls } = this.#host;
    const { live } = request;
    const admission = calls.admitted(request, await calls.admit(request));
    if (admission.status === 'refused') return insteadOf(admission, options);
    let value: T;
    try {
      value = await calls.run(work, admission, live);
    } catch (reason) {
      const reported = await calls.end(admission, live, live.kind.classifier.ofError(reason, admission), reason);
      if (typeof reported === 'function') await errandsDone(reported);
      throw reason;
    }
    const reported = await calls.end(admission, live, live.kind.classifier.ofValue(value, admission));
    if (typeof reported === 'function') await errandsDone(reported);
    return value;
  }

  /** @param admitted null: the store has to be asked first */
  async #settleLater<T>(work: Work<T>, request: Request, admitted: Call | null): Promise<Settled<T>> {
    const { calls } = this.#host;
    const { live } = request;
    const admission = admitted ?? calls.admitted(request, await calls.admit(request));
    if (admission.status === 'refused') return refusedResult(admission);
    let value: T;
    try {
      value = await calls.run(work, admission, live);
    } catch (reason) {
      const reported = await calls.end(admission, live, live.kind.classifier.ofError(reason, admission), reason);
      return { status: 'rejected', reason, ...circuitOf(admission, await errandsDone(reported)) };
    }
    const reported = await calls.end(admission, live, live.kind.classifier.ofValue(value, admission));
    return { status: 'fulfilled', value, ...circuitOf(admission, await errandsDone(reported)) };
  }

  /** On this short way there is one promise beside the work's own. */
  #executeNow<T>(work: Work<T>, { live }: Request, call: Call): Promise<T> {
    const { calls } = this.#host;
    return begun(() => calls.run(work, call, live)).then(
      (value) => {
        const ending = calls.end(call, live, live.kind.classifier.ofValue(value, call));
        return ending === null ? value : ending.then(errandsDone).then(() => value);
      },
      async (reason: unknown) => {
        const reported = await calls.end(call, live, live.kind.classifier.ofError(reason, call), reason);
        if (typeof reported === 'function') await errandsDone(reported);
        throw reason;
      },
    );
  }

  /** What is wrong with a call before anybody is asked; null: nothing. A typing error is no failure of the dependency. */
  #faultOf(work: unknown, options: StartOptions | undefined): Refused | null {
    if (typeof work !== 'function') return refusedBy(noWork(this.name, work));
    try {
      const fault = options === undefined ? null : faultOfSignal(options?.signal, this.name);
      return fault === null ? null : refusedBy(fault);
    } catch (error) {
      // Options that throw when they are looked at.
      return refusedBy(error);
    }
  }
}

/** What work answers, as a promise; a throw is a rejection. Any thenable will do. */
function begun<T>(run: () => T | PromiseLike<T>): Promise<T> {
  try {
    return settled(run()) as Promise<T>;
  } catch (reason) {
    return rejected(reason);
  }
}

function noWork(name: string, work: unknown): TypeError {
  return new TypeError(`The work of circuit ${quote(name)} must be a function, not ${show(work)}: nothing was run.`);
}

function nothing(): void {}

/** What `execute` comes to where the work did not run. */
function insteadOf<Fallback>(refused: Refused, options: ExecuteOptions<Fallback> | undefined): Promise<Fallback> {
  const { fallback, signal } = options ?? {};
  const { error } = refused;
  if (typeof fallback !== 'function' || isAborted(signal) || !isCircuitryError(error)) return rejected(error);
  return settled(undefined).then(() => fallback(error));
}
