/** The calls of a backend that a fault can befall. */
export type Verb = 'retrieve' | 'apply' | 'store' | 'lock' | 'extend' | 'release' | 'delete' | 'list';

/** One thing that goes wrong with one call. */
export type Fault =
  /** The call takes so much longer. */
  | { readonly type: 'latency'; readonly ms: number }
  /** Nothing happens, and the caller gets a `StorageError` that is not ambiguous. */
  | { readonly type: 'error' }
  /** It happens, and the caller gets an ambiguous `StorageError`. */
  | { readonly type: 'lost-reply' }
  /** Nothing comes back until the signal is aborted. `applied: true`: it happens none the less. */
  | { readonly type: 'hang'; readonly applied?: boolean }
  /** `retrieve` answers what it would have answered `versions` writes ago (default 1), as a lagging replica does. */
  | { readonly type: 'stale-read'; readonly versions?: number }
  /** Half of a delta, or of a record's counters, is written; the caller gets an ambiguous `StorageError`. */
  | { readonly type: 'torn-write' }
  /** The call reaches the store twice, as from a client that sends again; the caller gets the second answer. */
  | { readonly type: 'duplicate' };

/** A fault, and which call it befalls. */
export interface PlannedFault {
  /** Which fault to make. */
  readonly fault: Fault;
  /** Only these calls. Default: any. */
  readonly verb?: Verb | readonly Verb[];
  /** Only calls about this circuit. Default: any. */
  readonly name?: string;
  /** The how-manieth such call it begins with, from 1. Default 1. */
  readonly from?: number;
  /** How many such calls in a row it befalls; Infinity for all. Default 1. */
  readonly times?: number;
}

/** Faults drawn at random: how likely each befalls a call it can befall, from 0 to 1. */
export interface FaultRates {
  /** How often a call is delayed. */
  readonly latency?: number;
  /** The range that latencies are drawn from, in ms. Default 1 to 50. */
  readonly latencyBetween?: readonly [number, number];
  /** How often a call fails before it reaches the store. */
  readonly error?: number;
  /** How often a call is made and its answer lost. */
  readonly lostReply?: number;
  /** How often a read answers what was there before. */
  readonly staleRead?: number;
  /** How often half of a write is made. */
  readonly tornWrite?: number;
  /** How often a write is made twice. */
  readonly duplicate?: number;
}

/** What befell a call, for a test to look at. */
export interface FaultRecord {
  /** When, ms since the epoch. */
  readonly at: number;
  /** Of which call. */
  readonly verb: Verb;
  /** Of which circuit. */
  readonly name: string;
  /** Which fault was made. */
  readonly fault: Fault['type'] | 'outage';
}
