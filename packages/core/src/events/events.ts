import type { CircuitState } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import type { Information } from '../machine/facts/information.js';
import type { OutcomeKind } from '../machine/facts/outcome.js';
import type { TransitionReason } from '../machine/transition/transition.js';

/** What happens while the store can't be reached. */
export type StorageFailurePolicy = 'local' | 'allow' | 'throw';

/** Which circuit an event is about. */
export interface Subject<Context> {
  /** In the store. */
  readonly name: string;
  /** As given to `breakerFor`. */
  readonly circuit: string;
  /** As given to `breakerFor`. */
  readonly context: Context;
}

/** A transition that this process made, told once in the whole fleet. */
export interface StateChange<Context> extends Subject<Context> {
  /** Effective states, never the same. */
  readonly from: CircuitState;
  /** The state that it is in now. */
  readonly to: CircuitState;
  /** What led to it. */
  readonly reason: TransitionReason;
  /** The counts that led to it, the tripping outcome included. */
  readonly information: Information;
  /** The failure that opened it, where this process holds it. */
  readonly error?: unknown;
}

/** Who decided a call: the store, a view of it that was fresh enough, this process alone, or nobody (`'allow'`, `'off'`). */
export type DecidedBy = 'store' | 'view' | 'local' | 'allow' | 'off';

/** User code that threw, or answered nonsense. */
export type FaultySetting =
  | 'nameFor'
  | 'trip'
  | 'allowAfter'
  | 'errorMatcher'
  | 'resultMatcher'
  | 'describeFailure'
  | 'clock'
  | 'random'
  | 'onStateChange'
  | 'listener'
  | 'logger';

/** What `factory.on` can be asked for. */
export interface FactoryEvents<Context> {
  /** This process made a transition. */
  stateChange: StateChange<Context>;
  /** A call was refused. */
  refused: Subject<Context> & {
    readonly error: CircuitryError;
    /** False where the work runs all the same: `mode: 'observe'`. */
    readonly enforced: boolean;
  };
  /** A call ended and was reported. */
  settled: Subject<Context> & {
    readonly outcome: OutcomeKind;
    readonly slow: boolean;
    /** How long the work took, ms. */
    readonly duration: number;
    readonly decidedBy: DecidedBy;
    /** What the work threw, where it did. */
    readonly error?: unknown;
  };
  /** An outcome whose state or round was over: it changed nothing. */
  lateOutcome: Subject<Context> & {
    readonly outcome: OutcomeKind;
    /** How many: 1, but for successes that were merged in memory under bounded staleness. */
    readonly count: number;
    readonly information: Information;
  };
  /** A living worker's trial ran longer than `longestTrial` and gave its ticket back; its outcome may still decide. */
  trialGivenUp: Subject<Context> & {
    /** How long it has run, ms. */
    readonly duration: number;
  };
  /** The store, or one circuit's record in it, can't be used from now on; once per outage. */
  storageFailure: {
    readonly error: CircuitryError;
    /** Whom it concerns: every circuit, or this one alone. */
    readonly scope: 'store' | 'circuit';
    /** What can't be done. A store may be read that can't be written. */
    readonly ability: 'read' | 'write' | 'lock';
    readonly policy: StorageFailurePolicy;
    /** Of the circuit whose call met it, in the store. */
    readonly name: string;
  };
  /** The store (or the one circuit's record) answers again; once per outage. */
  storageRecovered: {
    readonly scope: 'store' | 'circuit';
    /** ms since it was first seen failing. */
    readonly downFor: number;
    /** In the store; null where it was the whole store. */
    readonly name: string | null;
  };
  /** A record newer than the one last seen, whoever stored it: clears and new rounds too. */
  observed: { readonly name: string; readonly information: Information };
  /** User code that threw. Told here once per occurrence, and logged; the call that met it goes on. */
  fault: { readonly setting: FaultySetting; readonly error: unknown; readonly name: string | null };
}

/** A listener. One that throws is reported as a fault and hurts nobody. */
export type FactoryListener<Context, Event extends keyof FactoryEvents<Context>> = (
  event: FactoryEvents<Context>[Event],
) => void;
