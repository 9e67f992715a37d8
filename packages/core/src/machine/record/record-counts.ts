import type { CircuitRecord } from '../../contract/record.js';
import { counter } from '../facts/counter-names.js';
import type { Information } from '../facts/information.js';
import { informationOf } from './information-of.js';
import type { Rules } from '../rules/rules.js';
import type { Counts } from '../rules/trip.js';
import type { WindowSpec } from '../window/window-spec.js';
import type { WindowSums } from '../window/window-row.js';
import { Window } from '../window/window.js';

/** A stored record, as the trip rules ask about it. */
export class RecordCounts implements Counts {
  readonly consecutiveFailures: number;
  readonly total: number;
  readonly #record: CircuitRecord;
  readonly #now: number;
  readonly #rules: Rules;

  constructor(record: CircuitRecord, now: number, rules: Rules) {
    this.#record = record;
    this.#now = now;
    this.#rules = rules;
    const { counters } = record;
    this.consecutiveFailures = counters[counter.consecutiveFailures] ?? 0;
    this.total = (counters[counter.totalFailures] ?? 0) + (counters[counter.totalSuccesses] ?? 0);
  }

  windowSums(spec: WindowSpec): WindowSums {
    return new Window(spec, this.#record.counters, this.#now).sumsAsOfNewest(this.#now);
  }

  information(): Information {
    return informationOf(this.#record, this.#now, this.#rules);
  }
}
