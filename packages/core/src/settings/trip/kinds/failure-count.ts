import type { TripRule } from '../../../machine/rules/trip.js';
import type { WindowSpec } from '../../../machine/window/window-spec.js';
import { integer, readEach } from '../../readers.js';
import { unbound, type TripKind, type TripPolicy } from '../trip-kind.js';
import { assertFits, windowed, windowedPolicy, windowOf, type WindowOptions } from '../window-option.js';

/** What `failureCount` takes. */
export interface FailureCountOptions extends WindowOptions {
  /** Opens at so many failures in the window; an integer from 1. */
  readonly threshold: number;
}

/** Opens at so many failures within a window, whatever succeeded between them. */
export function failureCount(options: FailureCountOptions): TripPolicy & FailureCountOptions {
  return windowedPolicy('failureCount', 'failure-count', options);
}

export function failureCountRule(threshold: number, window: WindowSpec): TripRule {
  return {
    windows: [window],
    needsSuccesses: false,
    needsSlowCalls: false,
    trips: (counts) => counts.windowSums(window).failures >= threshold,
  };
}

export const failureCountKind: TripKind = {
  kind: 'failure-count',
  read(given, name, problems) {
    const readers = { threshold: integer(), window: windowed.window, buckets: windowed.buckets };
    const { threshold, window: length, buckets } = readEach(readers, given, `${name}.`, problems);
    const window = windowOf(length, buckets);
    assertFits(window, `${name}.threshold`, threshold, problems);
    return unbound(failureCountRule(threshold, window));
  },
};
