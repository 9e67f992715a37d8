import type { SettingsProblem } from '../errors/settings-errors.js';
import type { TripRule } from '../machine/trip.js';
import { callsWindow, timeWindow, type CallsWindowSpec, type WindowSpec } from '../machine/window-spec.js';
import { duration, integer, isObject, optional, rate, readEach, type ReadBy, type Readers } from './readers.js';
import type { TripFunction } from './trip-policy.js';

/** A trip rule, checked, with the user's functions still unbound: they are asked about one circuit at a time. */
export type ParsedTrip<Context> =
  | Exclude<TripRule, { kind: 'any-of' | 'custom' }>
  | { readonly kind: 'any-of'; readonly rules: readonly ParsedTrip<Context>[] }
  | { readonly kind: 'function'; readonly function: TripFunction<Context> };

const windowed = { window: optional(readWindow, 60_000), buckets: optional(integer(100), 10) };
const counted = { threshold: integer(), ...windowed };
const rated = { threshold: optional(rate, 0.5), minimumCalls: optional(integer(), 20), ...windowed };

/** Reads `trip`. */
export function readTrip(name: string, value: unknown, problems: SettingsProblem[]): ParsedTrip<unknown> {
  if (typeof value === 'function') return { kind: 'function', function: value as TripFunction };
  const { kind, ...given } = isObject(value) ? value : {};
  const read = <Each extends Readers>(readers: Each): ReadBy<Each> => readEach(readers, given, `${name}.`, problems);
  /** A rule that its window can never meet would be a breaker that never opens. */
  const fitting = ({ window, buckets }: ReadBy<typeof windowed>, needs: string, calls: number): WindowSpec => {
    if (typeof window !== 'object') return timeWindow(window, buckets);
    if (calls > window.calls)
      problems.push({ name: `${name}.${needs}`, value: calls, expected: `at most the window's ${window.calls} calls` });
    return window;
  };
  switch (kind) {
    case 'any-of':
      return { kind, rules: read({ policies: readPolicies }).policies };
    case 'consecutive-failures':
      return { kind, ...read({ threshold: integer() }) };
    case 'failure-count': {
      const { threshold, ...rest } = read(counted);
      return { kind, threshold, window: fitting(rest, 'threshold', threshold) };
    }
    case 'failure-rate':
    case 'slow-call-rate': {
      const { threshold, minimumCalls, ...rest } = read(rated);
      return { kind, threshold, minimumCalls, window: fitting(rest, 'minimumCalls', minimumCalls) };
    }
    default: {
      const [wrong, found] = isObject(value) ? [`${name}.kind`, kind] : [name, value];
      const expected =
        'a trip rule (consecutiveFailures, failureCount, failureRate, slowCallRate, anyOf) or a function';
      problems.push({ name: wrong, value: found, expected });
      // Stands in for a rule that is wrong: the settings are refused anyway.
      return { kind: 'consecutive-failures', threshold: 1 };
    }
  }
}

function readPolicies(name: string, value: unknown, problems: SettingsProblem[]): readonly ParsedTrip<unknown>[] {
  if (Array.isArray(value) && value.length > 0)
    return value.map((each, index) => readTrip(`${name}[${index}]`, each, problems));
  problems.push({ name, value, expected: 'at least one trip rule' });
  return [];
}

/** The length of a time window, ms, or a whole window of calls. */
function readWindow(name: string, value: unknown, problems: SettingsProblem[]): number | CallsWindowSpec {
  if (!isObject(value)) return duration(10, '10 ms to 7 days', 7 * 86_400_000)(name, value, problems);
  return callsWindow(readEach({ calls: integer(10_000) }, value, `${name}.`, problems).calls);
}
