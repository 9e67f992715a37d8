import type { Rules } from '../machine/rules.js';
import { flatten, type TripRule } from '../machine/trip.js';
import type { WindowSpec } from '../machine/window-spec.js';
import { parseDuration } from '../time/duration.js';
import { atOnce } from '../events/call-safely.js';
import type { FaultySetting } from '../events/events.js';
import type { Settings } from './parse-settings.js';
import type { ParsedTrip } from './parse-trip.js';
import type { TripSubject } from './trip-policy.js';

/** Hears of user code that threw or answered nonsense. */
export type ReportFault = (setting: FaultySetting, error: unknown, name: string | null) => void;

/** How long a circuit stays open when `allowAfter` can't say, ms. */
const defaultAllowAfter = 60_000;

/** The machine's rules for one circuit: user code bound to it, and made total. */
export function rulesFor<Context>(
  settings: Settings<Context>,
  { name, context }: TripSubject<Context>,
  report: ReportFault,
): Rules {
  // An object of its own: a subject may carry what is no business of user code.
  const trip = bindTrip(settings.trip, { name, context }, report);
  const rules = flatten(trip);
  return {
    trip,
    windows: distinctWindows(rules),
    slowTrialsFail: rules.some(({ kind }) => kind === 'slow-call-rate'),
    closing: settings.closeThreshold,
    allowAfter: bindAllowAfter(settings, name, report),
    maxOpenFor: settings.maxOpenFor,
    calmPeriod: settings.calmPeriod,
    cyclicClearAfter: settings.cyclicClearAfter,
    trialLease: settings.trialLease,
    longestTrial: settings.longestTrial,
    retention: settings.retention,
    asksUser: asksUserCode(settings),
  };
}

/** Whether the rules depend on the circuit: otherwise all circuits of a factory share one object. */
export function asksUserCode<Context>(settings: Settings<Context>): boolean {
  return typeof settings.allowAfter === 'function' || flatten(settings.trip).some(({ kind }) => kind === 'function');
}

function bindTrip<Context>(trip: ParsedTrip<Context>, subject: TripSubject<Context>, report: ReportFault): TripRule {
  if (trip.kind === 'any-of')
    return { kind: 'any-of', rules: trip.rules.map((each) => bindTrip(each, subject, report)) };
  if (trip.kind !== 'function') return trip;
  // It is asked about the same counts more than once: ahead of their being stored, after, and by starts.
  let reported = '';
  return {
    kind: 'custom',
    trips: (information) => {
      try {
        return atOnce(trip.function(information, subject)) === true;
      } catch (error) {
        const counts = `${information.generation}:${information.total}`;
        if (counts !== reported) report('trip', error, subject.name);
        reported = counts;
        return false;
      }
    },
  };
}

function bindAllowAfter<Context>(
  settings: Settings<Context>,
  name: string,
  report: ReportFault,
): (openings: number) => number {
  const { allowAfter, random } = settings;
  if (typeof allowAfter === 'number') return () => allowAfter;
  return (openings) => {
    try {
      const answer = atOnce(allowAfter(openings, random));
      const ms = parseDuration(answer);
      if (ms !== null && ms >= 1 && ms < Infinity) return ms;
      throw new RangeError(`allowAfter(${openings}) answered ${String(answer)}, not a duration from 1 ms`);
    } catch (error) {
      report('allowAfter', error, name);
    }
    return defaultAllowAfter;
  };
}

function distinctWindows(rules: readonly TripRule[]): readonly WindowSpec[] {
  const windows = rules.flatMap((rule) => ('window' in rule ? [rule.window] : []));
  return [...new Map(windows.map((window) => [window.prefix, window])).values()];
}
