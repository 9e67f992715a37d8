import type { TripRule } from '../../../machine/rules/trip.js';
import { integer, readEach } from '../../readers.js';
import { unbound, type TripKind, type TripPolicy } from '../trip-kind.js';

/** Opens at the Nth failure in a row. @param threshold an integer from 1. */
export function consecutiveFailures(threshold: number): TripPolicy & { readonly threshold: number } {
  return { kind: 'consecutive-failures', threshold };
}

export function consecutiveFailuresRule(threshold: number): TripRule {
  return {
    windows: [],
    needsSuccesses: false,
    needsSlowCalls: false,
    trips: (counts) => counts.consecutiveFailures >= threshold,
  };
}

export const consecutiveFailuresKind: TripKind = {
  kind: 'consecutive-failures',
  read: (given, name, problems) =>
    unbound(consecutiveFailuresRule(readEach({ threshold: integer() }, given, `${name}.`, problems).threshold)),
};
