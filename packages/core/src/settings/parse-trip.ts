import type { TripRule } from '../machine/trip.js';
import { callsWindow, timeWindow, type WindowSpec } from '../machine/window-spec.js';
import type { Problems } from './problems.js';
import type { CountingPolicy, TripFunction, TripPolicy, WindowOption } from './trip-policy.js';

/** A trip rule, checked, with the user's functions still unbound: they are asked about one circuit at a time. */
export type ParsedTrip<Context> =
  | Exclude<TripRule, { kind: 'any-of' | 'custom' }>
  | { readonly kind: 'any-of'; readonly rules: readonly ParsedTrip<Context>[] }
  | { readonly kind: 'function'; readonly function: TripFunction<Context> };

/** Stands in for a rule that is wrong: the settings are refused anyway. */
const placeholder = { kind: 'consecutive-failures', threshold: 1 } as const;
const kinds = 'a trip rule (consecutiveFailures, failureCount, failureRate, slowCallRate, anyOf) or a function';
const longestWindow = 7 * 86_400_000;

/** Reads `trip`. */
export function parseTrip<Context>(
  name: string,
  value: TripPolicy<Context> | TripFunction<Context>,
  problems: Problems,
): ParsedTrip<Context> {
  if (typeof value === 'function') return { kind: 'function', function: value };
  if (typeof value !== 'object' || (value as unknown) === null) {
    problems.add(name, value, kinds);
    return placeholder;
  }
  if (value.kind === 'any-of') {
    if (!Array.isArray(value.policies) || value.policies.length === 0)
      problems.add(`${name}.policies`, value.policies, 'at least one trip rule');
    const policies: typeof value.policies = Array.isArray(value.policies) ? value.policies : [];
    return {
      kind: 'any-of',
      rules: policies.map((each, index) => parseTrip(`${name}.policies[${index}]`, each, problems)),
    };
  }
  return parseCounting(name, value, problems);
}

function parseCounting(
  name: string,
  value: CountingPolicy,
  problems: Problems,
): Exclude<TripRule, { kind: 'any-of' | 'custom' }> {
  switch (value.kind) {
    case 'consecutive-failures':
      return { kind: value.kind, threshold: required(name, value.threshold, problems) };
    case 'failure-count': {
      const window = parseWindow(name, value.window, value.buckets, problems);
      const threshold = required(name, value.threshold, problems);
      checkFits(`${name}.threshold`, threshold, window, problems);
      return { kind: value.kind, threshold, window };
    }
    case 'failure-rate':
    case 'slow-call-rate': {
      const threshold = problems.share(`${name}.threshold`, value.threshold, 1, false);
      const minimumCalls = problems.integer(`${name}.minimumCalls`, value.minimumCalls, 1);
      const window = parseWindow(name, value.window, value.buckets, problems);
      checkFits(`${name}.minimumCalls`, minimumCalls, window, problems);
      return { kind: value.kind, threshold, minimumCalls, window };
    }
    default:
      problems.add(`${name}.kind`, (value as { kind?: unknown }).kind, kinds);
      return placeholder;
  }
}

function required(name: string, value: unknown, problems: Problems): number {
  if (value === undefined) problems.add(`${name}.threshold`, value, 'an integer from 1');
  return problems.integer(`${name}.threshold`, value, 1);
}

function parseWindow(name: string, value: WindowOption, buckets: number, problems: Problems): WindowSpec {
  if (typeof value === 'object' && value !== null) {
    return callsWindow(problems.integer(`${name}.window.calls`, value.calls, 100, 1, 10_000));
  }
  const length = problems.duration(`${name}.window`, value, 60_000, 10);
  if (length > longestWindow) problems.add(`${name}.window`, value, 'a duration of at most 7 days');
  return timeWindow(length, problems.integer(`${name}.buckets`, buckets, 10, 1, 100));
}

/** A rule that its window can never meet would be a breaker that never opens. */
function checkFits(name: string, wanted: number, window: WindowSpec, problems: Problems): void {
  if (window.kind === 'calls' && wanted > window.calls)
    problems.add(name, wanted, `at most the window's ${window.calls} calls`);
}

/** The rule and those inside it. */
export function flattenTrip<Context>(trip: ParsedTrip<Context>): readonly ParsedTrip<Context>[] {
  return trip.kind === 'any-of' ? trip.rules.flatMap(flattenTrip) : [trip];
}
