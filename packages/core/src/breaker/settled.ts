import { Refusal, shown, type Refused } from '../admission/refusal.js';
import type { Call } from '../call/call.js';
import type { Verdict } from '../call/classifier.js';
import { isCircuitryError, type CircuitryError } from '../errors/circuitry-error.js';
import type { EventHub } from '../events/event-hub.js';
import { subjectOf } from '../store/announcements.js';

/**
 * What a call came to, the three results of the original told apart. Plain data: it keeps status, code, message and
 * `retryAfter` through a spread, a structured clone and JSON.
 */
export type Settled<T> =
  | ({ readonly status: 'fulfilled'; readonly value: T } & SettledCircuit)
  | ({ readonly status: 'rejected'; readonly reason: unknown } & SettledCircuit)
  /** The work did not run: a CallRefusedError, the storage error under `'throw'`, or the reason of an aborted signal. */
  | RefusedResult;

/** The work did not run. */
export interface RefusedResult {
  /** The work did not run. */
  readonly status: 'refused';
  /** Why not. */
  readonly error: unknown;
  /** Of `error`, where it is one of this library's. */
  readonly code?: string;
  /** Of `error`. */
  readonly message?: string;
  /** ms until a call may be admitted; null: nobody knows. Of a circuit's refusal. */
  readonly retryAfter?: number | null;
}

/** What the circuit itself has to say about a call whose work ran. */
export interface SettledCircuit {
  /** What kept the outcome from the store. */
  readonly circuitError?: CircuitryError;
  /** Why the store did not admit the call; absent where it did. */
  readonly decidedBy?: 'local' | 'allow' | 'off';
}

/** What `settle` adds about the circuit. */
export function circuitOf({ decidedBy }: Call, error: CircuitryError | null): SettledCircuit {
  return {
    ...(error === null ? {} : { circuitError: error }),
    ...(decidedBy === 'local' || decidedBy === 'allow' || decidedBy === 'off' ? { decidedBy } : {}),
  };
}

/** Tells of a call whose work ran. @param duration ms. @param error what the work threw; undefined: nothing */
export function tellSettled(
  hub: EventHub,
  { subject, decidedBy }: Call,
  { kind }: Verdict,
  slow: boolean,
  duration: number,
  error: unknown,
): void {
  const thrown = error === undefined ? {} : { error };
  hub.emit('settled', { ...subjectOf(subject), outcome: kind, slow, duration, decidedBy, ...thrown });
}

/** A refusal as `settle` answers it. A circuit's own has all that is to be said; this library's other errors are given code and message. */
export function refusedResult(refused: Refused): RefusedResult {
  if (refused instanceof Refusal) return shown(refused);
  const { error } = refused;
  return isCircuitryError(error) ? { ...refused, code: error.code, message: error.message } : refused;
}
