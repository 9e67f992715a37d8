import type { Admission } from '../admission/gate.js';
import { refusedBy, type Refused } from '../admission/refusal.js';
import { Call } from '../call/call.js';
import type { Verdict } from '../call/classifier.js';
import { withTimeout, type Work } from '../call/work.js';
import { answerOf } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import { isAborted, onAbort, reasonOf } from '../contract/with-signal.js';
import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import type { InvalidNameError } from '../errors/storage-errors.js';
import type { Reported } from '../outcomes/batch.js';
import { errandsDone, type Ended } from '../outcomes/outbox.js';
import type { Mode } from '../settings/options.js';
import { subjectOf } from '../store/announcements.js';
import { isStorageFault } from '../store/storage-faults.js';
import type { LiveCircuit, Request } from './live-circuit.js';

/** The codes of a circuit's own refusals: what the event `refused` is about. */
const refusals = ['ERR_CIRCUIT_OPEN', 'ERR_TOO_MANY_TRIALS', 'ERR_FORCED_OPEN'] as const;

/** One call's way through a factory: admitted, run, ended or released. */
export class Calls {
  readonly #shared: Shared;
  #mode: Mode;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#mode = shared.settings.mode;
  }

  setMode(mode: Mode): void {
    this.#mode = mode;
  }

  /** Admits a call, or says why not; null where the store has to be asked. */
  admitNow(request: Request): Admission | null {
    const { lifecycle } = this.#shared;
    const { signal, live } = request;
    if (lifecycle.isClosed) return refusedBy(lifecycle.closedError());
    if (isAborted(signal)) return refusedBy(reasonOf(signal));
    if (this.#modeOf(live) === 'off') return this.#unprotected(request, 'off');
    const admission = live.kind.gate.admitNow(request);
    return admission === null ? null : this.#told(request, admission);
  }

  /**
   * By what the store says. Called by the caller itself: what follows runs in its async context. Never rejects. Whoever
   * awaits it hands the answer to {@link admitted}.
   */
  admit(request: Request): Promise<Admission> {
    const { signal, live } = request;
    const deciding = live.kind.gate.admit(request);
    return signal === undefined ? deciding : this.#untilAborted(signal, deciding);
  }

  /** What an admission comes to by now, in its caller's async context. */
  admitted(request: Request, admission: Admission): Admission {
    const { lifecycle } = this.#shared;
    if (!lifecycle.isClosed || admission.status === 'refused') return this.#told(request, admission);
    // Decided too late: after `close` nothing begins.
    void admission.letGo(false);
    return refusedBy(lifecycle.closedError());
  }

  /** A name that is none is nobody's circuit: the work runs and counts for nothing, or, under `'throw'`, is refused. */
  admitNameless(request: Request, fault: InvalidNameError): Admission {
    const { lifecycle, settings } = this.#shared;
    if (lifecycle.isClosed) return refusedBy(lifecycle.closedError());
    if (isAborted(request.signal)) return refusedBy(reasonOf(request.signal));
    return settings.onStorageFailure === 'throw' ? refusedBy(fault) : this.#unprotected(request, 'allow');
  }

  /** Runs the work of an admitted call. Throws at once what the work throws. */
  run<T>(work: Work<T>, call: Call, live: LiveCircuit): T | PromiseLike<T> {
    this.measure(call, live);
    const { workTimeout, clock } = live.kind.settings;
    return workTimeout === null ? work(call) : withTimeout(work, call, workTimeout, clock);
  }

  /** The work begins: how long it takes matters where a call can be slow. */
  measure(call: Call, { kind }: LiveCircuit): void {
    if (kind.stalls !== null) call.measureFrom(kind.stalls.enter());
  }

  /**
   * Reports what a call came to. Null: that needs no waiting. Else what the caller has to await, and then, where it is a
   * function, to hand to `errandsDone`. Never rejects.
   *
   * @param error what the work threw; undefined: nothing
   */
  end(call: Call, live: LiveCircuit, verdict: Verdict, error?: unknown): Promise<Reported> | null {
    const { hub, time, lifecycle, settings } = this.#shared;
    const isHeard = hub.isHeard('settled');
    const duration = this.#durationOf(call, live, isHeard);
    const slow = duration > live.kind.settings.slowCallAfter && verdict.kind !== 'ignored';
    const isCounted = call.decidedBy !== 'allow' && call.decidedBy !== 'off';
    const mayWait = settings.consistency !== null && isCounted && verdict.kind === 'success' && !call.isHolding;
    if ((!isCounted && !call.isHolding) || (mayWait && !lifecycle.isClosed && live.outbox.keep(call, slow))) {
      if (isHeard) this.#tellSettled(call, verdict, slow, duration, error);
      return null;
    }
    // Only windows, and a failure that says when to come back, ask when an outcome came.
    const at = live.circuit.rules.windows.length === 0 && verdict.openFor === null ? 0 : time.now();
    const ended = { verdict, slow, at, error };
    if (isCounted && !isHeard && !call.isHolding) return live.outbox.recorded(call, ended);
    return this.#endHeld(call, live, isCounted, ended, duration);
  }

  /** Gives back what an admitted call holds whose work never ran. It counts as nothing. Never rejects. */
  async release(call: Call, { kind }: LiveCircuit): Promise<void> {
    kind.stalls?.leave(call.startedAt, call.lostBefore);
    await call.letGo(false);
  }

  /** What a call holds is let go once it is reported, and those who listen are told. */
  async #endHeld(
    call: Call,
    live: LiveCircuit,
    isCounted: boolean,
    ended: Ended,
    duration: number,
  ): Promise<CircuitryError | null> {
    const error = isCounted ? await errandsDone(await live.outbox.recorded(call, ended)) : null;
    await call.letGo(true);
    if (this.#shared.hub.isHeard('settled')) this.#tellSettled(call, ended.verdict, ended.slow, duration, ended.error);
    return error;
  }

  /** Tells of a refusal; where refusals don't hold, the work runs all the same. */
  #told(request: Request, admission: Admission): Admission {
    if (admission.status === 'admitted') {
      if (admission.isTrial) this.#enterTrial(admission, request.live);
      return admission;
    }
    const { hub } = this.#shared;
    const isObserving = this.#modeOf(request.live) === 'observe';
    if ('code' in admission && hub.isHeard('refused')) {
      const error = admission.error as CircuitryError;
      hub.emit('refused', { ...subjectOf(request.subject), error, enforced: !isObserving });
    }
    return isObserving && isOfCircuit(admission) ? this.#unprotected(request, 'allow') : admission;
  }

  #enterTrial(call: Call, live: LiveCircuit): void {
    live.enterTrial();
    call.hold({ token: null, stopsWork: false, letGo: () => live.leaveTrial() });
  }

  #modeOf({ kind }: LiveCircuit): Mode {
    return this.#mode === 'off' ? 'off' : (kind.settings.ownMode ?? this.#mode);
  }

  #unprotected(request: Request, decidedBy: 'allow' | 'off'): Call {
    return new Call(request, null, decidedBy, false, this.#shared.settings.clock.now());
  }

  /** Hands a decision on, or, if the caller gives up before it comes, a refusal with the caller's reason. */
  #untilAborted(signal: AbortSignal, deciding: Promise<Admission>): Promise<Admission> {
    return answerOf(({ resolve }) => {
      let hasLeft = false;
      const stop = onAbort(signal, () => {
        hasLeft = true;
        resolve(refusedBy(reasonOf(signal)));
      });
      void deciding.then((admission) => {
        if (!hasLeft) {
          stop();
          resolve(admission);
        } else if (admission.status === 'admitted') void admission.letGo(false);
      });
    });
  }

  /** ms; 0 where nobody asks. */
  #durationOf(call: Call, { kind }: LiveCircuit, isHeard: boolean): number {
    if (kind.stalls !== null) return kind.stalls.leave(call.startedAt, call.lostBefore);
    return isHeard ? Math.max(0, this.#shared.settings.clock.now() - call.startedAt) : 0;
  }

  #tellSettled(call: Call, { kind }: Verdict, slow: boolean, duration: number, error: unknown): void {
    const { decidedBy } = call;
    const thrown = error === undefined ? {} : { error };
    const settled = { ...subjectOf(call.subject), outcome: kind, slow, duration, decidedBy, ...thrown };
    this.#shared.hub.emit('settled', settled);
  }
}

/** Whether it is the circuit's doing that the work must not run; not the caller's, nor that of a closed factory. */
function isOfCircuit({ error }: Refused): boolean {
  return (
    isStorageFault(error) ||
    isCircuitryError(error, 'ERR_LOCK_TIMEOUT') ||
    refusals.some((code) => isCircuitryError(error, code))
  );
}
