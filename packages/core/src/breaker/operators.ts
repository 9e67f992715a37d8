import { quote } from '../errors/show.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord } from '../contract/record.js';
import { InvalidSettingsError, type SettingsProblem } from '../errors/settings-errors.js';
import { StorageError } from '../errors/storage-errors.js';
import type { Subject } from '../events/events.js';
import { momentAfter } from '../machine/facts/moment.js';
import { forced, released, reset, trippedByHand } from '../machine/transition/override.js';
import type { Rules } from '../machine/rules/rules.js';
import type { Transition } from '../machine/transition/transition.js';
import { duration, isObject, optional, readEach, text, type ReadBy } from '../settings/readers.js';
import { announce } from '../store/announcements.js';
import type { Duration } from '../time/duration.js';
import type { LiveCircuit } from './live-circuit.js';

/** What an operator says of what they do. */
export interface OverrideOptions {
  /** Why; shown to whoever asks. */
  readonly reason?: string | undefined;
  /** Who. */
  readonly by?: string | undefined;
  /** How long, from 1 ms. Default: until released; of `trip`: the circuit's `allowAfter`. */
  readonly for?: Duration | undefined;
}

const readers = {
  reason: optional(text(), null),
  by: optional(text(), null),
  for: optional(duration(1, '1 ms', Infinity), null),
};
/** Trials come after a trip, so its time has an end. */
const tripReaders = { ...readers, for: optional(duration(1), null) };

/** How often an operator's write is tried against workers that write too. */
const mostTries = 32;

/** Makes an operator's transition out of what the store holds; null: there is nothing to do. */
type Make = (record: CircuitRecord | null, now: number, rules: Rules) => Transition | null;

/**
 * Operators' controls. They always ask the store, down or not, and fail loudly: nobody is told yes by the memory of one
 * process.
 */
export class Operators {
  readonly #shared: Shared;
  readonly #liveOf: (subject: Subject<unknown>) => LiveCircuit;

  /** @param liveOf throws where the name is none: there is nothing that an operator could act on. */
  constructor(shared: Shared, liveOf: (subject: Subject<unknown>) => LiveCircuit) {
    this.#shared = shared;
    this.#liveOf = liveOf;
  }

  async trip(subject: Subject<unknown>, options: OverrideOptions): Promise<void> {
    const { reason, by, for: length } = parse(options, tripReaders);
    await this.#store(subject, (record, now, rules) => trippedByHand(record, now, rules, { length, reason, by }));
  }

  async force(subject: Subject<unknown>, state: 'open' | 'closed', options: OverrideOptions): Promise<void> {
    const { reason, by, for: length } = parse(options);
    await this.#store(subject, (record, now, rules) => {
      const until = length === null || length === Infinity ? null : momentAfter(now, length);
      return forced(record, { state, reason, by, until }, now, rules);
    });
  }

  async release(subject: Subject<unknown>): Promise<void> {
    await this.#store(subject, released);
  }

  async reset(subject: Subject<unknown>): Promise<void> {
    await this.#store(subject, reset);
  }

  async #store(subject: Subject<unknown>, make: Make): Promise<void> {
    const { lifecycle } = this.#shared;
    if (lifecycle.isClosed) throw lifecycle.closedError();
    const { circuit, records } = this.#liveOf(subject);
    let { record, now } = await records.insist();
    for (let tries = 0; tries < mostTries; tries += 1) {
      const transition = make(record, now, circuit.rules);
      if (transition === null) return;
      const answer = await records.insistOn(transition);
      if (answer.applied) {
        announce(this.#shared, circuit, transition, answer.now, null);
        this.#log(circuit.name, transition);
        return;
      }
      ({ record, now } = answer);
    }
    throw new StorageError(
      `Circuit ${quote(circuit.name)} changed ${mostTries} times under an operator's write, which was given up. Try again.`,
      { scope: 'circuit' },
    );
  }

  #log(name: string, { reason, next }: Transition): void {
    const fields = { circuit: name, reason, override: next.override };
    this.#shared.hub.log('warn', `An operator changed circuit ${quote(name)} (${reason})`, fields);
  }
}

/** Before the store is asked: what is wrong here would be a corrupt record for the whole fleet. */
function parse(options: unknown, form = readers): ReadBy<typeof readers> {
  const problems: SettingsProblem[] = [];
  const isGiven = isObject(options);
  if (!isGiven) problems.push({ name: 'options', value: options, expected: 'an object with reason, by and for' });
  const read = readEach(form, isGiven ? options : {}, '', problems);
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return read;
}
