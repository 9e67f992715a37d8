import { InvalidSettingsError, type SettingsProblem } from '../../errors/settings-errors.js';
import { callsWindow, timeWindow, type CallsWindowSpec, type WindowSpec } from '../../machine/window/window-spec.js';
import type { Duration } from '../../time/duration.js';
import { duration, integer, isObject, optional, plainObject, readEach, type Reader } from '../readers.js';

/** Over which calls: a span of time in `buckets`, or the last N calls. */
export type WindowOption = Duration | { readonly calls: number };

/** Which window a rule asks about. */
export interface WindowOptions {
  /** Default `'60s'`. */
  readonly window?: WindowOption | undefined;
  /** Into how many parts a time window is cut; 1 to 100. Default 10. */
  readonly buckets?: number | undefined;
}

/**
 * The data of a rule about a window. What is in it is checked by the factory.
 *
 * @throws {@link InvalidSettingsError} for options that are none, or that can't be read
 */
export function windowedPolicy<Options extends WindowOptions, Kind extends string>(
  rule: string,
  kind: Kind,
  options: Options,
): Options & { readonly kind: Kind } {
  const problems: SettingsProblem[] = [];
  const given = plainObject('a plain object')(`${rule}(options)`, options, problems) as Options;
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return { ...given, kind };
}

/** How a window is read, of whatever rule. */
export interface WindowReaders {
  readonly [name: string]: Reader<unknown>;
  readonly window: Reader<number | CallsWindowSpec>;
  readonly buckets: Reader<number>;
}

export const windowed: WindowReaders = { window: optional(readWindow, 60_000), buckets: optional(integer(100), 10) };

/** The window that was read. */
export function windowOf(window: number | CallsWindowSpec, buckets: number): WindowSpec {
  return typeof window === 'object' ? window : timeWindow(window, buckets);
}

/** Refuses a rule that its window can never meet: it would be a breaker that never opens. */
export function assertFits(window: WindowSpec, name: string, calls: number, problems: SettingsProblem[]): void {
  if (window.kind === 'calls' && calls > window.calls)
    problems.push({ name, value: calls, expected: `at most the window's ${window.calls} calls` });
}

/** The length of a time window, ms, or a whole window of calls. */
function readWindow(name: string, value: unknown, problems: SettingsProblem[]): number | CallsWindowSpec {
  if (!isObject(value)) return duration(10, '10 ms to 7 days', 7 * 86_400_000)(name, value, problems);
  return callsWindow(readEach({ calls: integer(10_000) }, value, `${name}.`, problems).calls);
}
