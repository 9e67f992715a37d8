import type { Admission } from '../admission/gate.js';
import { refusedBy } from '../admission/refusal.js';
import type { Call } from '../call/call.js';
import { succeeded, type Verdict } from '../call/classifier.js';
import { withTimeout, type Work } from '../call/work.js';
import type { Circuits } from '../circuit/circuits.js';
import { rejected, settled } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import { isAborted, reasonOf } from '../contract/with-signal.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import type { InvalidNameError } from '../errors/storage-errors.js';
import type { Subject } from '../events/events.js';
import { askWhen } from '../machine/window/window-spec.js';
import { errandsDone, type Ended, type Reported } from '../outcomes/batch.js';
import type { Mode } from '../settings/options.js';
import {
  enterTrial,
  insteadOf,
  namelessGate,
  toldRefusal,
  unprotected,
  untilAborted,
  type Instead,
} from './entrance.js';
import type { LiveCircuit, MakeCircuit, Request } from './live-circuit.js';
import { circuitOf, refusedResult, tellSettled, type Settled } from './settled.js';

/** One call's way through a factory: admitted, run, ended or released. */
export class Calls {
  readonly #shared: Shared;
  readonly #circuits: Circuits<LiveCircuit>;
  readonly #make: MakeCircuit;
  #mode: Mode;

  constructor(shared: Shared, circuits: Circuits<LiveCircuit>, make: MakeCircuit) {
    this.#shared = shared;
    this.#circuits = circuits;
    this.#make = make;
    this.#mode = shared.settings.mode;
  }

  setMode(mode: Mode): void {
    this.#mode = mode;
  }

  /** The circuit as it is remembered now. */
  liveOf(subject: Subject<unknown>): LiveCircuit {
    return this.#circuits.use(subject.name) ?? this.#circuits.add(this.#make(subject));
  }

  /** A call that wants to be admitted. @param fault of a name that is none: its circuit is one that nobody else ever meets */
  request(subject: Subject<unknown>, signal: AbortSignal | undefined, fault: InvalidNameError | null): Request {
    const home = fault === null ? this.liveOf(subject) : this.#make(subject, namelessGate(this.#shared, fault));
    return { subject, home, signal };
  }

  /** What `breaker.execute` does. */
  execute<T, Fallback>(work: Work<T>, request: Request, options: Instead<Fallback> | undefined): Promise<T | Fallback> {
    const admission = this.#admitNow(request);
    if (admission === null) return this.#executeLater(work, request, options);
    if (admission.status === 'refused') return insteadOf(admission, request, options);
    return this.#executeNow(work, request, admission);
  }

  /** What `breaker.settle` does. Never rejects. */
  settle<T>(work: Work<T>, request: Request): Promise<Settled<T>> {
    const admission = this.#admitNow(request);
    if (admission?.status === 'refused') return settled(refusedResult(admission));
    return this.#settleLater(work, request, admission);
  }

  /** Whether a call may run. Never rejects. What follows runs in the async context of whoever awaits it. */
  async admit(request: Request): Promise<Admission> {
    return this.#admitNow(request) ?? this.#admitted(request, await this.#deciding(request));
  }

  /** The work begins: how long it takes matters where a call can be slow. */
  measure(call: Call, { kind }: LiveCircuit): void {
    if (kind.stalls !== null) call.measureFrom(kind.stalls.enter());
  }

  /**
   * Reports what a call came to. Answers what kept it from the store; null: nothing did. Never rejects. User code runs in
   * the async context of whoever awaits it.
   */
  async endWith(call: Call, live: LiveCircuit, verdict: Verdict, error: unknown): Promise<CircuitryError | null> {
    return errandsDone(await this.#end(call, live, verdict, error));
  }

  /** What a call comes to at once; null: the store has to be asked. */
  #admitNow(request: Request): Admission | null {
    const { lifecycle } = this.#shared;
    const { signal, home } = request;
    if (lifecycle.isClosed) return refusedBy(lifecycle.closedError());
    if (signal !== undefined && isAborted(signal)) return refusedBy(reasonOf(signal));
    if (this.#modeOf(home) === 'off') return unprotected(this.#shared, request, 'off');
    const admission = home.kind.gate.admitNow?.(request) ?? null;
    return admission === null ? null : this.#told(request, admission);
  }

  /** By what the store says. */
  #deciding(request: Request): Promise<Admission> {
    const deciding = request.home.kind.gate.admit(request);
    return request.signal === undefined ? deciding : untilAborted(request.signal, deciding);
  }

  /** What a decision of the store comes to by now. */
  #admitted(request: Request, admission: Admission): Admission {
    const { lifecycle } = this.#shared;
    if (!lifecycle.isClosed) return this.#told(request, admission);
    // Decided too late, whatever it is: after `close` nothing begins.
    if (admission.status === 'admitted') void admission.letGo(false);
    return refusedBy(lifecycle.closedError());
  }

  #told(request: Request, admission: Admission): Admission {
    if (admission.status === 'refused')
      return toldRefusal(this.#shared, request, admission, this.#modeOf(request.home));
    if (admission.isTrial) enterTrial(admission, request.home);
    return admission;
  }

  #modeOf({ kind }: LiveCircuit): Mode {
    return this.#mode === 'off' ? 'off' : (kind.settings.ownMode ?? this.#mode);
  }

  async #executeLater<T, Fallback>(
    work: Work<T>,
    request: Request,
    options: Instead<Fallback> | undefined,
  ): Promise<T | Fallback> {
    const call = this.#admitted(request, await this.#deciding(request));
    if (call.status === 'refused') return insteadOf(call, request, options);
    let value: T;
    try {
      value = await this.#run(work, call, request.home);
    } catch (reason) {
      await this.#failed(reason, call, request.home);
      throw reason;
    }
    const reported = await this.#succeeded(value, call, request.home);
    if (typeof reported === 'function') await errandsDone(reported);
    return value;
  }

  /** @param admitted null: the store has to be asked first */
  async #settleLater<T>(work: Work<T>, request: Request, admitted: Call | null): Promise<Settled<T>> {
    const live = request.home;
    const call = admitted ?? this.#admitted(request, await this.#deciding(request));
    if (call.status === 'refused') return refusedResult(call);
    let value: T;
    try {
      value = await this.#run(work, call, live);
    } catch (reason) {
      const error = await this.#failed(reason, call, live);
      return { status: 'rejected', reason, ...circuitOf(call, error) };
    }
    const reported = await this.#succeeded(value, call, live);
    const error = typeof reported === 'function' ? await errandsDone(reported) : reported;
    return { status: 'fulfilled', value, ...circuitOf(call, error) };
  }

  /** On this short way there is one promise beside the work's own. */
  #executeNow<T>(work: Work<T>, { home: live }: Request, call: Call): Promise<T> {
    return this.#begun(work, call, live).then(
      (value) => {
        const ending = this.#succeeded(value, call, live);
        return ending === null ? value : ending.then(errandsDone).then(() => value);
      },
      async (reason: unknown) => {
        await this.#failed(reason, call, live);
        throw reason;
      },
    );
  }

  #succeeded(value: unknown, call: Call, live: LiveCircuit): Promise<Reported> | null {
    const { settings, classifier } = live.kind;
    const verdict = settings.resultMatcher === undefined ? succeeded : classifier.ofValue(value, call);
    return this.#end(call, live, verdict, undefined);
  }

  #failed(reason: unknown, call: Call, live: LiveCircuit): Promise<CircuitryError | null> {
    return this.endWith(call, live, live.kind.classifier.ofError(reason, call), reason);
  }

  /** What work answers, as a promise; a throw is a rejection. Any thenable will do. */
  #begun<T>(work: Work<T>, call: Call, live: LiveCircuit): Promise<T> {
    try {
      return settled(this.#run(work, call, live)) as Promise<T>;
    } catch (reason) {
      return rejected(reason);
    }
  }

  /** Runs the work of an admitted call. Throws at once what the work throws. */
  #run<T>(work: Work<T>, call: Call, live: LiveCircuit): T | PromiseLike<T> {
    this.measure(call, live);
    const { workTimeout, clock } = live.kind.settings;
    return workTimeout === null ? work(call) : withTimeout(work, call, workTimeout, clock);
  }

  /**
   * Reports what a call came to. Null: that needs no waiting. Else what the caller has to await, and then, where it is a
   * function, to hand to `errandsDone`. Never rejects.
   *
   * @param error what the work threw; undefined: nothing
   */
  #end(call: Call, live: LiveCircuit, verdict: Verdict, error: unknown): Promise<Reported> | null {
    const { hub, time, lifecycle, settings } = this.#shared;
    const { kind, circuit } = live;
    const isHeard = hub.heard.settled !== undefined;
    let duration = 0;
    if (kind.stalls !== null) duration = kind.stalls.leave(call.startedAt);
    else if (isHeard) duration = Math.max(0, settings.clock.now() - call.startedAt);
    const slow = duration > kind.settings.slowCallAfter && verdict.kind !== 'ignored';
    const isPlain = kind.settings.counting === 'all' && !call.isTrial;
    const isCounted =
      call.decidedBy !== 'allow' && call.decidedBy !== 'off' && (isPlain || live.counts(call, verdict.kind));
    const isFree = call.held === null;
    const mayWait = settings.consistency !== null && verdict.kind === 'success' && isFree && !lifecycle.isClosed;
    if (isCounted ? mayWait && (live.outbox ?? live.makeOutbox()).keep(call, slow) : isFree) {
      if (isHeard) tellSettled(hub, call, verdict, slow, duration, error);
      return null;
    }
    // A failure that says when to come back asks, too, when it came.
    const { windows } = circuit.rules;
    const asksWhen = verdict.openFor !== null || (windows.length > 0 && askWhen(windows));
    const at = asksWhen ? time.now() : 0;
    const ended = { verdict, slow, at, error };
    if (isCounted && !isHeard && isFree) return (live.outbox ?? live.makeOutbox()).record(call, ended);
    return this.#endHeld(call, live, isCounted, ended, duration);
  }

  /** What a call holds is let go once it is reported, and those who listen are told. */
  async #endHeld(
    call: Call,
    live: LiveCircuit,
    isCounted: boolean,
    ended: Ended,
    duration: number,
  ): Promise<CircuitryError | null> {
    const error = isCounted ? await errandsDone(await (live.outbox ?? live.makeOutbox()).record(call, ended)) : null;
    await call.letGo(true);
    const { hub } = this.#shared;
    if (hub.heard.settled !== undefined) tellSettled(hub, call, ended.verdict, ended.slow, duration, ended.error);
    return error;
  }
}
