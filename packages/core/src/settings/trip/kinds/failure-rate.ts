import { rateKind, rateRule, type MakeRate, type RateOptions } from '../rate.js';
import type { TripKind, TripPolicy } from '../trip-kind.js';
import { windowedPolicy } from '../window-option.js';

/** Opens when the share of failed calls in a window reaches the threshold. */
export function failureRate(options: RateOptions = {}): TripPolicy & RateOptions {
  return windowedPolicy('failureRate', 'failure-rate', options);
}

export const failureRateRule: MakeRate = rateRule('failures');

export const failureRateKind: TripKind = rateKind('failure-rate', failureRateRule);
