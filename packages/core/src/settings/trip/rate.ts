import type { TripRule } from '../../machine/rules/trip.js';
import type { WindowSums } from '../../machine/window/window-row.js';
import type { WindowSpec } from '../../machine/window/window-spec.js';
import { integer, optional, rate, readEach } from '../readers.js';
import { unbound, type TripKind } from './trip-kind.js';
import { assertFits, windowed, windowOf, type WindowOptions } from './window-option.js';

/** What `failureRate` and `slowCallRate` take. */
export interface RateOptions extends WindowOptions {
  /** Opens when the rate reaches this (>=); above 0, at most 1. Default 0.5. */
  readonly threshold?: number | undefined;
  /** Not before so many calls are in the window; an integer from 1. Default 20, or the window's calls where those are fewer. */
  readonly minimumCalls?: number | undefined;
}

/** A rule about the share of some calls among all calls of a window. */
export type MakeRate = (threshold: number, minimumCalls: number, window: WindowSpec) => TripRule;

export function rateRule(of: 'failures' | 'slow'): MakeRate {
  return (threshold, minimumCalls, window) => ({
    windows: [window],
    needsSuccesses: true,
    needsSlowCalls: of === 'slow',
    trips(counts) {
      const sums: WindowSums = counts.windowSums(window);
      // Without calls the rate is NaN, which reaches no threshold.
      return sums.calls >= minimumCalls && sums[of] / sums.calls >= threshold;
    },
  });
}

const defaultMinimum = 20;

export function rateKind(kind: string, make: MakeRate): TripKind {
  return {
    kind,
    read(given, name, problems) {
      const readers = {
        threshold: optional(rate, 0.5),
        minimumCalls: optional(integer(), null),
        window: windowed.window,
        buckets: windowed.buckets,
      };
      const { threshold, minimumCalls, window: length, buckets } = readEach(readers, given, `${name}.`, problems);
      const window = windowOf(length, buckets);
      if (minimumCalls !== null) assertFits(window, `${name}.minimumCalls`, minimumCalls, problems);
      const fewest = window.kind === 'calls' ? Math.min(defaultMinimum, window.calls) : defaultMinimum;
      return unbound(make(threshold, minimumCalls ?? fewest, window));
    },
  };
}
