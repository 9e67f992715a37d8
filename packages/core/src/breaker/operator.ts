import { StorageError } from '../errors/storage-errors.js';
import { InvalidSettingsError, type SettingsProblem } from '../errors/settings-errors.js';
import type { CircuitRecord } from '../contract/record.js';
import { momentAfter } from '../machine/moment.js';
import { forced, released, reset } from '../machine/override.js';
import type { Transition } from '../machine/transition.js';
import { duration, isObject, optional, readEach, text } from '../settings/readers.js';
import type { Duration } from '../time/duration.js';
import type { Circuit } from './circuit.js';
import type { Services } from './services.js';
import type { StoreClient } from './store-client.js';

/** What an operator says when forcing a circuit. */
export interface OverrideOptions {
  /** Why; shown to whoever asks. */
  readonly reason?: string;
  /** Who. */
  readonly by?: string;
  /** How long, from 1 ms. Default: until released. */
  readonly for?: Duration;
}

const readers = {
  reason: optional(text(), null),
  by: optional(text(), null),
  for: optional(duration(1, '1 ms', Infinity), Infinity),
};

/** How often an operator's write is tried against workers that write too. */
const mostTries = 32;

/**
 * Operators' controls. They always ask the store, down or not, and fail loudly: nobody is told yes by the memory of one
 * process.
 */
export class Operator<Context> {
  readonly #services: Services<Context>;
  readonly #client: StoreClient<Context>;

  constructor(services: Services<Context>, client: StoreClient<Context>) {
    this.#services = services;
    this.#client = client;
  }

  async force(circuit: Circuit<Context>, state: 'open' | 'closed', options: OverrideOptions): Promise<void> {
    const problems: SettingsProblem[] = [];
    const given: unknown = options;
    if (!isObject(given))
      problems.push({ name: 'options', value: given, expected: 'an object with reason, by and for' });
    const { reason, by, for: length } = readEach(readers, isObject(given) ? given : {}, '', problems);
    // Before the store is asked: what is wrong here would be a corrupt record for the whole fleet.
    if (problems.length > 0) throw new InvalidSettingsError(problems);
    await this.#store(circuit, (record, now) => {
      const until = length === Infinity ? null : momentAfter(now, length);
      return forced(record, { state, reason, by, until }, now, circuit.rules);
    });
  }

  async release(circuit: Circuit<Context>): Promise<void> {
    await this.#store(circuit, (record, now) => released(record, now, circuit.rules));
  }

  async reset(circuit: Circuit<Context>): Promise<void> {
    await this.#store(circuit, (record, now) => reset(record, now, circuit.rules));
  }

  async #store(
    circuit: Circuit<Context>,
    make: (record: CircuitRecord | null, now: number) => Transition | null,
  ): Promise<void> {
    if (this.#services.lifecycle.isClosed) throw this.#services.lifecycle.closedError();
    let { record, now } = await this.#client.retrieve(circuit);
    for (let tries = 0; tries < mostTries; tries += 1) {
      const transition = make(record, now);
      if (transition === null) return;
      const answer = await this.#client.transition(circuit, transition, true);
      if (answer.applied) {
        const { reason, next } = transition;
        this.#services.reports.log('warn', `An operator changed circuit ${JSON.stringify(circuit.name)} (${reason})`, {
          circuit: circuit.name,
          reason,
          override: next.override,
        });
        return;
      }
      ({ record, now } = answer);
    }
    throw new StorageError(
      `Circuit ${JSON.stringify(circuit.name)} changed ${mostTries} times under an operator's write, which was given up. Try again.`,
    );
  }
}
