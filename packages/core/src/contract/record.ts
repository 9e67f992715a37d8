/** The three states a circuit is stored in. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/**
 * Flat integers by name, within ±(2^53 − 1). Names are core's business and opaque to a backend (clause N1);
 * a counter that is missing counts as 0, and one that is 0 stays (clause A5).
 */
export type Counters = Readonly<Record<string, number>>;

/** An operator's hand on a circuit: it wins over everything until it lapses or is released. */
export interface Override {
  /** What the circuit is forced to be. */
  readonly state: 'open' | 'closed';
  /** Why, in the operator's words; null where none were given. */
  readonly reason: string | null;
  /** Who; null where nobody said. */
  readonly by: string | null;
  /** When it lapses, ms since the epoch, inclusive; null: it stands until released. */
  readonly until: number | null;
}

/** What a backend stores for one circuit. Core owns its meaning; a backend moves it unchanged. */
export interface CircuitRecord {
  /** Guards writes: grows at every store, never at an apply. A positive integer below 2^53. */
  readonly revision: number;
  /** As stored: neither an override nor a period that is over shows in it. */
  readonly state: CircuitState;
  /** Counts incidents: +1 at a trip, a close, a clear and an override; not at open -> half-open -> open. */
  readonly generation: number;
  /**
   * How often the circuit opened in a row, 1 at the first. A close keeps it: a trip within `calmPeriod` of that counts on.
   * 0 before the first, and after an operator's hand.
   */
  readonly openings: number;
  /** When this state or half-open round began, ms since the epoch; 0: closed ever since it was first seen. */
  readonly since: number;
  /** When this state ends by itself, ms since the epoch, inclusive; null: it does not. */
  readonly expiresAt: number | null;
  /** An operator's; null: none. */
  readonly override: Override | null;
  /** Random, one per store call: lets a worker whose answer was lost recognise its own write. */
  readonly by: string;
  /**
   * What opened the circuit, for operators: at most 256 bytes of UTF-8, from `describeFailure`; null where nobody knows.
   * Set by a trip or a reopening, kept through its rounds, null once closed.
   */
  readonly lastFailure: string | null;
  /** By name; a missing one counts as 0. */
  readonly counters: Counters;
}

/** A change of counters, applied whole or not at all (clause A4). A counter stands in at most one of the three. */
export interface Delta {
  /** Added to the counter; missing ones count from 0; may be negative. */
  readonly add?: Counters;
  /** The counter has this value afterwards. */
  readonly set?: Counters;
  /** The counter is gone afterwards; no error for one that was not there. */
  readonly drop?: readonly string[];
}
