import type { Information } from '../facts/information.js';
import type { WindowSpec } from '../window/window-spec.js';
import type { WindowSums } from '../window/window-row.js';

/** When a closed circuit opens. The rules are in `settings/trip/kinds/`, one file each. */
export interface TripRule {
  /** What it asks about, beside the counts since the last clear. */
  readonly windows: readonly WindowSpec[];
  /** Whether successes can change its answer: then each must be written. */
  readonly needsSuccesses: boolean;
  /** Whether slow calls can: then a slow success is a failed trial. */
  readonly needsSlowCalls: boolean;
  /**
   * Whether the circuit trips. Thresholds compare with `>=`; without any counted outcome nothing trips (F8). Total: whoever
   * makes a rule of user code sees to it that this can't throw through.
   */
  readonly trips: (counts: Counts) => boolean;
}

/** What rules ask about: a stored record, or one as it would be after more outcomes. */
export interface Counts {
  /** Failures since the last success or clear. */
  readonly consecutiveFailures: number;
  /** Settled calls that were not ignored. */
  readonly total: number;
  /** As at the newest outcome, if that is still inside the window. */
  windowSums(spec: WindowSpec): WindowSums;
  information(): Information;
}
