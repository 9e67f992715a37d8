import type { Rules } from '../machine/rules/rules.js';
import { longestOf } from '../machine/window/window-spec.js';
import { parseDuration } from '../time/duration.js';
import { atOnce } from '../events/call-safely.js';
import type { Settings } from './parse-settings.js';
import type { ReportFault, TripSubject } from './trip/trip-kind.js';

export type { ReportFault } from './trip/trip-kind.js';

/** How long a circuit stays open when `allowAfter` can't say, ms. */
const defaultAllowAfter = 60_000;

/** How far apart clocks are where the store's own decides for all, ms. */
const errorOfOneClock = 5_000;

/**
 * The machine's rules for one circuit: user code bound to it, and made total.
 *
 * @param clockError how far apart two clocks that decide may be now, ms
 */
export function rulesFor<Context>(
  settings: Settings<Context>,
  subject: TripSubject<Context>,
  report: ReportFault,
  clockError: () => number = () => errorOfOneClock,
): Rules {
  const trip = settings.trip.bind(subject, report);
  return {
    trip,
    windows: trip.windows,
    slowTrialsFail: trip.needsSlowCalls,
    closing: settings.closeThreshold,
    allowAfter: bindAllowAfter(settings, subject, report),
    maxOpenFor: settings.maxOpenFor,
    calmPeriod: settings.calmPeriod,
    cyclicClearAfter: settings.cyclicClearAfter,
    trialLease: settings.trialLease,
    longestTrial: settings.longestTrial,
    // Or what a window still looks at would be forgotten.
    retention: Math.max(settings.retention, longestOf(trip.windows)),
    get clockError() {
      return clockError();
    },
    asksUser: asksUserCode(settings),
  };
}

/** Whether the rules depend on the circuit: otherwise all circuits of a factory share one object. */
export function asksUserCode<Context>(settings: Settings<Context>): boolean {
  return typeof settings.allowAfter === 'function' || settings.trip.asksUserCode;
}

function bindAllowAfter<Context>(
  { allowAfter, random }: Settings<Context>,
  { name, circuit, context }: TripSubject<Context>,
  report: ReportFault,
): Rules['allowAfter'] {
  if (typeof allowAfter === 'number') return () => allowAfter;
  return (openings, lastFailure) => {
    try {
      const answer = atOnce(allowAfter(openings, { name, circuit, context, lastFailure, random }));
      const ms = parseDuration(answer);
      if (ms !== null && ms >= 1 && ms < Infinity) return ms;
      throw new RangeError(`allowAfter(${openings}) answered ${String(answer)}, not a duration from 1 ms`);
    } catch (error) {
      report('allowAfter', error, name);
    }
    return defaultAllowAfter;
  };
}
