import type { TripRule } from '../../../machine/rules/trip.js';
import { severalKind, severalRules, type Join } from '../several.js';
import type { TripFunction, TripKind, TripPolicy } from '../trip-kind.js';

/** Opens when all of these would: a rate, and no fewer than so many failures. */
export function allOf<Context = unknown>(
  ...policies: (TripPolicy<Context> | TripFunction<Context>)[]
): TripPolicy<Context> {
  return { kind: 'all-of', policies };
}

const all: Join = (rules) => (counts) => rules.every((each) => each.trips(counts));

export function allOfRule(rules: readonly TripRule[]): TripRule {
  return severalRules(rules, all);
}

export const allOfKind: TripKind = severalKind('all-of', all);
