import type { Admission, Gate } from '../admission/gate.js';
import { refusedBy, type Refused } from '../admission/refusal.js';
import { Call } from '../call/call.js';
import type { CallRequest } from '../call/call-request.js';
import { answerOf, rejected, settled } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import { isAborted, onAbort, reasonOf } from '../contract/with-signal.js';
import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import type { InvalidNameError } from '../errors/storage-errors.js';
import type { Mode } from '../settings/options.js';
import { subjectOf } from '../store/announcements.js';
import { isStorageFault } from '../store/storage-faults.js';
import type { LiveCircuit, Request } from './live-circuit.js';

// How calls enter otherwise than by a plain admission: refused, unprotected, as a trial, or given up while undecided.

/** The codes of a circuit's own refusals: what the event `refused` is about. */
const refusals = ['ERR_CIRCUIT_OPEN', 'ERR_TOO_MANY_TRIALS', 'ERR_FORCED_OPEN'] as const;

/** Tells of a refusal; where refusals don't hold, the work runs all the same. */
export function toldRefusal(shared: Shared, request: Request, refused: Refused, mode: Mode): Admission {
  const { hub } = shared;
  const isObserving = mode === 'observe';
  if ('code' in refused && hub.heard.refused !== undefined) {
    const error = refused.error as CircuitryError;
    hub.emit('refused', { ...subjectOf(request.subject), error, enforced: !isObserving });
  }
  return isObserving && !isAborted(request.signal) && isOfCircuit(refused)
    ? unprotected(shared, request, 'allow')
    : refused;
}

/** The work runs, and counts for nothing. */
export function unprotected({ settings }: Shared, request: Request, decidedBy: 'allow' | 'off'): Call {
  return new Call(request, null, decidedBy, false, settings.clock.now());
}

/** A name that is none is nobody's circuit: the work runs and counts for nothing, or, under `'throw'`, is refused. */
export function namelessGate({ settings }: Shared, fault: InvalidNameError): Gate {
  const admitNow = (request: CallRequest): Admission =>
    settings.onStorageFailure === 'throw'
      ? refusedBy(fault)
      : new Call(request, null, 'allow', false, settings.clock.now());
  return { admitNow, admit: async (request) => admitNow(request) };
}

/** What a call may be told to do in place of its work where that must not run. */
export interface Instead<T> {
  readonly fallback?: ((error: CircuitryError) => T | PromiseLike<T>) | undefined;
}

/** What `execute` comes to where the work did not run. */
export function insteadOf<T>({ error }: Refused, { signal }: Request, options: Instead<T> | undefined): Promise<T> {
  const fallback = fallbackOf(options);
  if (typeof fallback !== 'function' || isAborted(signal) || !isCircuitryError(error)) return rejected(error);
  return settled(undefined).then(() => fallback(error));
}

/** Options that throw when they are looked at have none. */
function fallbackOf<T>(options: Instead<T> | undefined): Instead<T>['fallback'] {
  try {
    return options?.fallback;
  } catch {
    return undefined;
  }
}

/** A trial's work begins: its circuit is not forgotten until it is over. */
export function enterTrial(call: Call, live: LiveCircuit): void {
  live.enterTrial();
  call.hold({ token: null, stopsWork: false, letGo: () => live.leaveTrial() });
}

/** Hands a decision on, or, if the caller gives up before it comes, a refusal with the caller's reason. */
export function untilAborted(signal: AbortSignal, deciding: Promise<Admission>): Promise<Admission> {
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

/** Whether it is the circuit's doing that the work must not run; not the caller's, nor that of a closed factory. */
function isOfCircuit({ error }: Refused): boolean {
  return (
    isStorageFault(error) ||
    isCircuitryError(error, 'ERR_LOCK_TIMEOUT') ||
    refusals.some((code) => isCircuitryError(error, code))
  );
}
