import type { CircuitRecord } from '../contract/record.js';
import { counter } from './counter-names.js';
import { informationOf } from './information.js';
import type { Rules } from './rules.js';
import type { Tally } from './trip.js';
import { Window } from './window.js';

/** A stored record, as the trip rules ask about it. */
export function recordTally(record: CircuitRecord, now: number, rules: Rules): Tally {
  const { counters } = record;
  return {
    consecutiveFailures: counters[counter.consecutiveFailures] ?? 0,
    total: (counters[counter.totalFailures] ?? 0) + (counters[counter.totalSuccesses] ?? 0),
    windowSums: (spec) => new Window(spec, counters, now).sumsAsOfNewest(now),
    information: () => informationOf(record, now, rules),
  };
}
