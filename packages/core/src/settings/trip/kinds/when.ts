import { ratesOf } from '../../../machine/record/information-of.js';
import { callable, readEach } from '../../readers.js';
import { ownFunction } from '../own-function.js';
import type { TripFunction, TripKind, TripPolicy } from '../trip-kind.js';
import { windowed, windowedPolicy, windowOf, type WindowOptions } from '../window-option.js';

/** Opens when this function says so. It is shown a window of its own as `information.window`. */
export function when<Context = unknown>(
  options: WindowOptions,
  trips: TripFunction<Context>,
): TripPolicy<Context> & WindowOptions {
  return { ...windowedPolicy('when', 'when', options), function: trips };
}

export const whenKind: TripKind = {
  kind: 'when',
  read(given, name, problems) {
    const readers = { window: windowed.window, buckets: windowed.buckets, function: callable<TripFunction>() };
    const { window: length, buckets, function: own } = readEach(readers, given, `${name}.`, problems);
    const window = windowOf(length, buckets);
    return ownFunction(own, [window], (counts) => {
      return { ...counts.information(), window: ratesOf(counts.windowSums(window)) };
    });
  },
};
