import type { CircuitRecord } from '../contract/record.js';
import { counter } from './counter-names.js';
import { informationOf, type Information } from './information.js';
import type { Rules } from './rules.js';
import type { Counts } from './trip.js';
import type { WindowSpec } from './window-spec.js';
import type { WindowSums } from './window-row.js';
import { Window } from './window.js';

/** A stored record, as the trip rules ask about it. */
export class RecordCounts implements Counts {
  readonly #record: CircuitRecord;
  readonly #now: number;
  readonly #rules: Rules;

  constructor(record: CircuitRecord, now: number, rules: Rules) {
    this.#record = record;
    this.#now = now;
    this.#rules = rules;
  }

  get consecutiveFailures(): number {
    return this.#count(counter.consecutiveFailures);
  }

  get total(): number {
    return this.#count(counter.totalFailures) + this.#count(counter.totalSuccesses);
  }

  windowSums(spec: WindowSpec): WindowSums {
    return new Window(spec, this.#record.counters, this.#now).sumsAsOfNewest(this.#now);
  }

  information(): Information {
    return informationOf(this.#record, this.#now, this.#rules);
  }

  #count(name: string): number {
    return this.#record.counters[name] ?? 0;
  }
}
