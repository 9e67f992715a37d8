import type { Information } from './information.js';
import type { WindowSpec } from './window-spec.js';
import type { WindowSums } from './window-row.js';

/** When a closed circuit opens: data, so that it can be printed, compared and searched exhaustively. */
export type TripRule =
  | { readonly kind: 'consecutive-failures'; readonly threshold: number }
  | { readonly kind: 'failure-count'; readonly threshold: number; readonly window: WindowSpec }
  | {
      readonly kind: 'failure-rate' | 'slow-call-rate';
      readonly threshold: number;
      readonly minimumCalls: number;
      readonly window: WindowSpec;
    }
  | { readonly kind: 'any-of'; readonly rules: readonly TripRule[] }
  /** Total: whoever makes it sees to it that user code can't throw through. */
  | { readonly kind: 'custom'; readonly trips: (information: Information) => boolean };

/** What rules ask about: a stored record, or one as it would be after more outcomes. */
export interface Tally {
  readonly consecutiveFailures: number;
  /** Settled calls that were not ignored. */
  readonly total: number;
  /** As at the newest outcome, if that is still inside the window. */
  windowSums(spec: WindowSpec): WindowSums;
  information(): Information;
}

/** Whether the circuit trips. Thresholds compare with `>=`. Without any counted outcome nothing trips (F8). */
export function trips(rule: TripRule, tally: Tally): boolean {
  switch (rule.kind) {
    case 'consecutive-failures':
      return tally.consecutiveFailures >= rule.threshold;
    case 'failure-count':
      return tally.windowSums(rule.window).failures >= rule.threshold;
    case 'failure-rate':
    case 'slow-call-rate': {
      const sums = tally.windowSums(rule.window);
      const counted = rule.kind === 'failure-rate' ? sums.failures : sums.slow;
      // Without calls the rate is NaN, which reaches no threshold.
      return sums.calls >= rule.minimumCalls && counted / sums.calls >= rule.threshold;
    }
    case 'any-of':
      return rule.rules.some((each) => trips(each, tally));
    case 'custom':
      return tally.total > 0 && rule.trips(tally.information());
  }
}

/** The rule and those inside it. */
export function flatten<Rule extends object>(rule: Rule | { readonly rules: readonly Rule[] }): readonly Rule[] {
  return 'rules' in rule ? rule.rules.flatMap((each) => flatten<Rule>(each)) : [rule];
}
