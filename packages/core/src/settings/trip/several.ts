import type { TripRule } from '../../machine/rules/trip.js';
import { lookAt, readEach, type Reader } from '../readers.js';
import type { ParsedTrip, ReadTrip, TripKind } from './trip-kind.js';

/** One rule out of several. */
export type Join = (rules: readonly TripRule[]) => TripRule['trips'];

/** What several rules ask about together. The windows of rates come first: `information.window` is the first. */
export function severalRules(rules: readonly TripRule[], join: Join): TripRule {
  return { ...needsOf(rules), trips: join(rules) };
}

export function severalKind(kind: string, join: Join): TripKind {
  return {
    kind,
    read(given, name, problems, readTrip) {
      const { policies } = readEach({ policies: readPolicies(readTrip) }, given, `${name}.`, problems);
      return {
        ...needsOf(policies),
        asksUserCode: policies.some(({ asksUserCode }) => asksUserCode),
        bind: (subject, report) =>
          severalRules(
            policies.map((each) => each.bind(subject, report)),
            join,
          ),
      };
    },
  };
}

function needsOf(rules: readonly Needs[]): Needs {
  const rates = rules.filter(({ needsSuccesses }) => needsSuccesses);
  const others = rules.filter(({ needsSuccesses }) => !needsSuccesses);
  const windows = [...rates, ...others].flatMap((rule) => rule.windows);
  return {
    windows: [...new Map(windows.map((window) => [window.prefix, window])).values()],
    needsSuccesses: rates.length > 0,
    needsSlowCalls: rules.some(({ needsSlowCalls }) => needsSlowCalls),
  };
}

type Needs = Omit<TripRule, 'trips'>;

function readPolicies(readTrip: ReadTrip): Reader<readonly ParsedTrip<unknown>[]> {
  return (name, value, problems) => {
    const all = lookAt(name, problems, () => (Array.isArray(value) ? Array.from<unknown>(value) : []));
    if (all?.length === 0) problems.push({ name, value, expected: 'at least one trip rule' });
    return (all ?? []).map((each, index) => readTrip(`${name}[${index}]`, each, problems));
  };
}
