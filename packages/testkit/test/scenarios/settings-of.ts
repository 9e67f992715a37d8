import {
  allOf,
  anyOf,
  consecutiveFailures,
  failureCount,
  failureRate,
  slowCallRate,
  when,
  type FactoryOptions,
  type TripPolicy,
} from '@circuitry/core';
import { matchError, matchResult } from './outcomes.js';
import type { RuleSettings, ScenarioSettings, Throws } from './scenario.js';

type Settings = Omit<FactoryOptions, 'backend' | 'clock' | 'random'>;

const thrower = (): never => {
  throw new Error('this function of the scenario throws');
};

/** A scenario's settings as core's own options. */
export function settingsOf(settings: ScenarioSettings): Settings {
  const { allowAfter, trip, errorMatcher, onStateChange, describeFailure, nameFor, ...same } = settings;
  return {
    errorMatcher: matchError,
    resultMatcher: matchResult,
    ...same,
    ...(allowAfter !== undefined && { allowAfter: pauseOf(allowAfter) }),
    ...(trip !== undefined && { trip: isThrower(trip) ? thrower : ruleOf(trip) }),
    ...(errorMatcher !== undefined && { errorMatcher: thrower }),
    ...(onStateChange !== undefined && { onStateChange: thrower }),
    ...(describeFailure !== undefined && {
      describeFailure: isThrower(describeFailure) ? thrower : () => describeFailure.says,
    }),
    ...(nameFor !== undefined && { nameFor: thrower }),
  };
}

function pauseOf(pause: NonNullable<ScenarioSettings['allowAfter']>): NonNullable<Settings['allowAfter']> {
  if (typeof pause !== 'object') return pause;
  if ('byOpenings' in pause) return (openings) => pause.byOpenings[openings - 1] ?? 0;
  return (_openings, { lastFailure }) => pause.byLastFailure[lastFailure ?? ''] ?? pause.otherwise;
}

function ruleOf(rule: RuleSettings): TripPolicy {
  if (rule.failureRate !== undefined) return failureRate(rule.failureRate);
  if (rule.slowCallRate !== undefined) return slowCallRate(rule.slowCallRate);
  if (rule.consecutiveFailures !== undefined) return consecutiveFailures(rule.consecutiveFailures);
  if (rule.failureCount !== undefined) return failureCount(rule.failureCount);
  if (rule.anyOf !== undefined) return anyOf(...rule.anyOf.map(ruleOf));
  if (rule.allOf !== undefined) return allOf(...rule.allOf.map(ruleOf));
  if (rule.when === undefined) throw new Error('The scenario names no trip rule.');
  const { window, failures } = rule.when;
  return when({ window }, (information) => (information.window?.failures ?? 0) >= failures);
}

function isThrower(value: object): value is Throws {
  return 'throws' in value;
}
