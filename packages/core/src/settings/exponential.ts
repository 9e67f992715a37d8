import { InvalidSettingsError, type SettingsProblem } from '../errors/settings-errors.js';
import type { Duration } from '../time/duration.js';
import type { TripSubject } from './trip/trip-kind.js';
import { duration, flag, number, optional, plainObject, readEach } from './readers.js';

/** How `exponential` grows. */
export interface ExponentialOptions {
  /** What each opening multiplies the pause by; at least 1. Default 2. */
  readonly factor?: number | undefined;
  /** The longest pause, from `initial`. Default `'1h'`, or `initial` where that is longer. */
  readonly max?: Duration | undefined;
  /** Takes a random part of up to a half off, so that circuits that broke together are not tried together. Default false. */
  readonly jitter?: boolean | undefined;
}

/** What a function for `allowAfter` is asked about. */
export interface AllowAfterSubject<Context = unknown> extends TripSubject<Context> {
  /** What is known of the failure that opened the circuit; null: nothing. */
  readonly lastFailure: string | null;
  /** The factory's dice, 0 to 1, 1 excluded. */
  readonly random: () => number;
}

/** A growing `allowAfter`: how long a circuit stays open, by how often it has opened in a row, 1 at the first. */
export type AllowAfterFunction<Context = unknown> = (openings: number, subject: AllowAfterSubject<Context>) => Duration;

/**
 * A pause that grows with each opening in a row: `initial`, `initial × factor`, … up to `max`.
 *
 * @throws {@link InvalidSettingsError}
 */
export function exponential(initial: Duration, options: ExponentialOptions = {}): AllowAfterFunction {
  const problems: SettingsProblem[] = [];
  const first = duration(1)('exponential(initial)', initial, problems);
  const readers = {
    factor: optional(
      number('a number from 1', (value) => value >= 1 && value < Infinity),
      2,
    ),
    max: optional(duration(first, 'the initial one'), Math.max(first, 3_600_000)),
    jitter: optional(flag(), false),
  };
  const name = 'exponential(options)';
  const given = plainObject('a plain object with factor, max, jitter')(name, options, problems);
  const { factor, max, jitter } = readEach(readers, given, `${name}.`, problems);
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return (openings, { random }) => {
    const grown = Math.min(max, first * factor ** (Math.max(1, openings) - 1));
    return Math.ceil(jitter ? grown * (1 - random() / 2) : grown);
  };
}
