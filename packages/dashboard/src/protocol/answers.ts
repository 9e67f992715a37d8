import type { Change, CircuitDetail, CircuitView } from './circuit.js';

/** Who looks, and what they may. */
export interface Session {
  readonly by: string | null;
  readonly write: boolean;
  /** Nothing outside of it is shown; '': all. */
  readonly prefix: string;
  /** Sent back with each act. */
  readonly token: string;
}

/** How many circuits are in trouble, by how. */
export interface TroubleCounts {
  readonly open: number;
  readonly halfOpen: number;
  readonly forcedOpen: number;
  readonly forcedClosed: number;
}

/** One kind of circuit that has some in trouble. */
export interface KindCounts extends TroubleCounts {
  readonly kind: string;
}

/** Circuits that the same failure opened. */
export interface Reason {
  readonly kind: string;
  /** Null: nobody knows. */
  readonly lastFailure: string | null;
  readonly circuits: number;
  /** One of them, where there is but one. */
  readonly name: string | null;
}

/** How the store does. */
export interface Health {
  readonly answers: boolean;
  /** What went wrong, to be shown; null: nothing. */
  readonly error: string | null;
  /** How long the last listing of troubled circuits took, ms; null: none yet. */
  readonly took: number | null;
  /** When it was, ms since the epoch; null: none yet. */
  readonly asOf: number | null;
  /** Whether transitions are pushed by the store. */
  readonly push: 'pushed' | 'polled' | 'lost';
  /** The store's clock less the panel's, ms; null where the store gives none. */
  readonly clockAhead: number | null;
  /** Whether troubled circuits come from an index; false: circuits were looked through, up to a bound. */
  readonly isIndexed: boolean;
  /** Whether all troubled circuits are counted; false: there are more than are looked at. */
  readonly isComplete: boolean;
  /** How many circuits were looked at. */
  readonly looked: number;
}

/** The first screen. */
export interface Overview {
  /** The panel's clock, ms since the epoch. */
  readonly now: number;
  readonly counts: TroubleCounts;
  readonly kinds: readonly KindCounts[];
  readonly reasons: readonly Reason[];
  /** How many reasons there are beyond those listed. */
  readonly moreReasons: number;
  /** Circuits that went into trouble within the last hour, newest first, the latest few. */
  readonly lately: readonly CircuitView[];
  /** How many did so, by twelfths of the last hour, oldest first. */
  readonly lastHour: readonly number[];
  readonly health: Health;
}

/** Which circuits a list holds. */
export type Filter = 'troubled' | 'open' | 'half-open' | 'forced' | 'all';
export const filters: readonly Filter[] = ['troubled', 'open', 'half-open', 'forced', 'all'];

/** A page of a list. */
export interface Page {
  readonly now: number;
  readonly circuits: readonly CircuitView[];
  /** Where to go on; null: that was all. */
  readonly next: string | null;
  /** How many there are; null where only a walk through the store would tell. */
  readonly total: number | null;
  /** False: the listing stopped for its time, and `next` goes on looking. */
  readonly isFull: boolean;
  readonly health: Health;
}

/** One circuit. */
export interface DetailAnswer {
  readonly now: number;
  readonly circuit: CircuitDetail;
}

/** What operators can do. */
export type Verb = 'trip' | 'open' | 'close' | 'release' | 'reset';
export const verbs: readonly Verb[] = ['trip', 'open', 'close', 'release', 'reset'];

/** What an operator asks for. */
export interface Act {
  readonly name: string;
  readonly verb: Verb;
  readonly reason: string | null;
  /** ms; null: until released. Release and reset take none. */
  readonly for: number | null;
  /** The revision that the operator looked at. */
  readonly revision: number;
}

/** What is told when something went wrong. */
export interface Fault {
  /** What a program tells it by: one of core's codes, or one of the panel's. */
  readonly code: string;
  readonly message: string;
}

/** What is pushed to the page. */
export type Push =
  | { readonly type: 'hello'; readonly push: Health['push'] }
  /** Circuits that changed, the latest few of each moment; `more`: others did too. */
  | { readonly type: 'changes'; readonly changes: readonly Change[]; readonly more: boolean };
