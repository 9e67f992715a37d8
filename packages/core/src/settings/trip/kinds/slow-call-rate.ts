import { rateKind, rateRule, type MakeRate, type RateOptions } from '../rate.js';
import type { TripKind, TripPolicy } from '../trip-kind.js';
import { windowedPolicy } from '../window-option.js';

/** Opens when the share of calls slower than `slowCallAfter` in a window reaches the threshold. */
export function slowCallRate(options: RateOptions = {}): TripPolicy & RateOptions {
  return windowedPolicy('slowCallRate', 'slow-call-rate', options);
}

export const slowCallRateRule: MakeRate = rateRule('slow');

export const slowCallRateKind: TripKind = rateKind('slow-call-rate', slowCallRateRule);
