import { InvalidSettingsError, type SettingsProblem } from '../errors/settings-errors.js';
import type { Duration } from '../time/duration.js';
import { duration, number } from './readers.js';

/** How `exponential` grows. */
export interface ExponentialOptions {
  /** What each opening multiplies the pause by; at least 1. Default 2. */
  readonly factor?: number;
  /** The longest pause. Default `'1h'`. */
  readonly max?: Duration;
  /** Takes a random part of up to a half off, so that circuits that broke together are not tried together. Default false. */
  readonly jitter?: boolean;
}

/** A growing `allowAfter`: a function of how often the circuit has opened in a row, 1 at the first. */
export type AllowAfterFunction = (openings: number, random: () => number) => Duration;

/**
 * A pause that grows with each opening in a row: `initial`, `initial × factor`, … up to `max`.
 *
 * @throws {@link InvalidSettingsError}
 */
export function exponential(initial: Duration, options: ExponentialOptions = {}): AllowAfterFunction {
  const problems: SettingsProblem[] = [];
  const { factor = 2, max = '1h', jitter = false } = options;
  const first = duration(1)('exponential(initial)', initial, problems);
  number('a number from 1', (value) => value >= 1 && value < Infinity)('exponential(…, { factor })', factor, problems);
  const longest = duration(first, 'the initial one')('exponential(…, { max })', max, problems);
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return (openings, random) => {
    const grown = Math.min(longest, first * factor ** (Math.max(1, openings) - 1));
    return Math.ceil(jitter ? grown * (1 - random() / 2) : grown);
  };
}
