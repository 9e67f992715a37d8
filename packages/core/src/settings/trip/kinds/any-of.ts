import type { TripRule } from '../../../machine/rules/trip.js';
import { severalKind, severalRules, type Join } from '../several.js';
import type { TripFunction, TripKind, TripPolicy } from '../trip-kind.js';

/** Opens when any of these would. */
export function anyOf<Context = unknown>(
  ...policies: (TripPolicy<Context> | TripFunction<Context>)[]
): TripPolicy<Context> {
  return { kind: 'any-of', policies };
}

const any: Join = (rules) => (counts) => rules.some((each) => each.trips(counts));

export function anyOfRule(rules: readonly TripRule[]): TripRule {
  return severalRules(rules, any);
}

export const anyOfKind: TripKind = severalKind('any-of', any);
