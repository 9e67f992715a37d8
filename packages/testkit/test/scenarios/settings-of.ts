import { failureRate, slowCallRate, type FactoryOptions } from '@circuitry/core';
import type { ScenarioSettings, Throws } from './scenario.js';

type Settings = Omit<FactoryOptions, 'backend' | 'clock' | 'random'>;

const thrower = (): never => {
  throw new Error('this function of the scenario throws');
};

/** A scenario's settings as core's own options. */
export function settingsOf({ allowAfter, trip, errorMatcher, onStateChange, ...same }: ScenarioSettings): Settings {
  return {
    ...same,
    ...(allowAfter !== undefined && {
      allowAfter:
        typeof allowAfter === 'object' ? (openings: number) => allowAfter.byOpenings[openings - 1] ?? 0 : allowAfter,
    }),
    ...(trip !== undefined && { trip: tripOf(trip) }),
    ...(errorMatcher !== undefined && { errorMatcher: thrower }),
    ...(onStateChange !== undefined && { onStateChange: thrower }),
  };
}

function tripOf(trip: NonNullable<ScenarioSettings['trip']>): NonNullable<Settings['trip']> {
  if (isThrower(trip)) return thrower;
  if (trip.failureRate !== undefined) return failureRate(trip.failureRate);
  if (trip.slowCallRate !== undefined) return slowCallRate(trip.slowCallRate);
  throw new Error('The scenario names no trip rule.');
}

function isThrower(value: object): value is Throws {
  return 'throws' in value;
}
