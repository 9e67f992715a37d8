import type { ClosingPolicy } from './closing.js';
import type { TripRule } from './trip.js';
import type { WindowSpec } from '../window/window-spec.js';

/** The settings that the machine decides by: parsed, in ms, frozen. One object per circuit where a rule asks user code. */
export interface Rules {
  readonly trip: TripRule;
  readonly closing: ClosingPolicy;
  /** The windows that `trip` asks about, each once: what outcomes are counted into. */
  readonly windows: readonly WindowSpec[];
  /** Whether a slow success is a failed trial: only with a slow-call rate among the rules. */
  readonly slowTrialsFail: boolean;
  /** How long the circuit stays open, ms, given how often it has opened in a row. Total: never throws, always finite. */
  readonly allowAfter: (openings: number, lastFailure: string | null) => number;
  /** The longest that a dependency may tell a circuit to stay open, ms. */
  readonly maxOpenFor: number;
  /** How long a circuit stays closed before its next trip counts as the first again, ms. */
  readonly calmPeriod: number;
  /** ms; null: never. */
  readonly cyclicClearAfter: number | null;
  /** ms. */
  readonly trialLease: number;
  /** The longest that a trial may hold its ticket, ms. */
  readonly longestTrial: number;
  /** ms. */
  readonly retention: number;
  /**
   * How far apart two clocks that decide may be, ms. What begins further ahead than this was written under a clock that has
   * stepped back since. A smaller step delays a circuit by no more than this.
   *
   * It may change: it is small where the store's clock decides for all, and whether it does shows with the first answer.
   */
  readonly clockError: number;
  /** Whether `trip` or `allowAfter` asks user code: then they are asked in the async context of a call. */
  readonly asksUser: boolean;
}
