import { StorageError } from '../errors/storage-errors.js';
import { InvalidSettingsError } from '../errors/settings-errors.js';
import type { CircuitRecord, Override } from '../contract/record.js';
import { forced, released, reset } from '../machine/override.js';
import type { Transition } from '../machine/transition.js';
import { parseDuration, type Duration } from '../time/duration.js';
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
    const length = options.for === undefined ? null : parseDuration(options.for);
    if (options.for !== undefined && (length === null || length < 1)) {
      throw new InvalidSettingsError([
        { name: 'for', value: options.for, expected: "a duration from 1 ms (ms, or a string like '30m')" },
      ]);
    }
    const { reason = null, by = null } = options;
    await this.#store(circuit, (record, now) => {
      const until = length === null || length === Infinity ? null : Math.floor(now) + length;
      const override: Override = { state, reason, by, until };
      return forced(record, override, now, circuit.rules);
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
        this.#services.reports.log('warn', `An operator changed circuit ${circuit.name} (${reason})`, {
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
