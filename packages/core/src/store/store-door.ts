import type { Circuit } from '../circuit/circuit.js';
import type { Resolver } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import { checkRecord } from '../contract/check-record.js';
import { copyOf } from '../contract/counters.js';
import { isVouchedFor } from '../contract/own-records.js';
import type { CircuitRecord, Counters, Delta } from '../contract/record.js';
import type { Change, Reading } from '../contract/storage.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { noteObserved } from './announcements.js';
import { Bounded, Deadlines } from './deadlines.js';
import type { Written } from './record-store.js';
import { abilityOf, asOurs, isStorageFault, tooLate, type Ability, type Verb } from './storage-faults.js';
import type { StoreHealth } from './store-health.js';

/** Hears each answer about a circuit before it is handed on. */
export interface Onlooker {
  seen(record: CircuitRecord | null, order: number, now: number): void;
}

/** A call to the store on its way. */
export class Question extends Bounded {
  readonly circuit: Circuit;
  readonly to: Resolver<Written>;
  /** Null: nobody waits for news. */
  readonly onlooker: Onlooker | null;
  /** Whether the store is asked even while it is known to be down: an operator wants the truth. */
  readonly insists: boolean;
  verb: Verb = 'retrieve';
  /** Growing in the process: which of two answers is to a later question. Given when it is sent. */
  order = 0;
  /** When it was sent, ms by the process's clock. */
  at = 0;
  /** How many of its kind were answered by then. */
  answersBefore = 0;

  constructor(circuit: Circuit, onlooker: Onlooker | null, insists: boolean, to: Resolver<Written>) {
    super();
    this.circuit = circuit;
    this.onlooker = onlooker;
    this.insists = insists;
    this.to = to;
  }

  /** @internal for the door alone */
  sent(verb: Verb, order: number, at: number, answersBefore: number): void {
    this.verb = verb;
    this.order = order;
    this.at = at;
    this.answersBefore = answersBefore;
  }
}

/**
 * The only door to the backend. Each call is bounded in time, its answer checked, its errors made ours, and its news taken
 * into the circuit's view. Where the store, or the circuit's record, can't be used, nobody is asked, but for one caller
 * now and again.
 */
export class StoreDoor {
  readonly health: StoreHealth;
  readonly #shared: Shared;
  readonly #deadlines: Deadlines<Question>;
  /** Whether the backend's records are taken as they are. */
  readonly #takesRecords: boolean;
  readonly #answers = { read: 0, write: 0, lock: 0 };
  #order = 0;

  constructor(shared: Shared, health: StoreHealth) {
    const { clock, storageTimeout } = shared.settings;
    this.health = health;
    this.#shared = shared;
    this.#takesRecords = isVouchedFor(shared.backend);
    this.#deadlines = new Deadlines(clock, shared.context, storageTimeout, (question) => {
      this.#reject(question, this.#tooLate(question));
    });
  }

  /** The order of the newest question. */
  get order(): number {
    return this.#order;
  }

  retrieve(question: Question): void {
    const { backend, settings } = this.#shared;
    const signal = this.#enter(question, 'retrieve', settings.clock.now());
    if (signal === null) return;
    try {
      this.#hear(question, backend.retrieve(question.circuit.name, { signal }));
    } catch (error) {
      this.#threw(question, error);
    }
  }

  /**
   * @param now the time by which the write was made, ms by the store's clock
   * @param ttl how long the record is kept from then on, ms
   */
  apply(question: Question, revision: number, delta: Delta, now: number, ttl: number): void {
    const { backend, time } = this.#shared;
    const signal = this.#enter(question, 'apply', now - time.offset);
    if (signal === null) return;
    try {
      this.#hear(question, backend.apply(question.circuit.name, revision, delta, { ttl, signal }));
    } catch (error) {
      this.#threw(question, error);
    }
  }

  /** @param expect undefined: whatever the counters are. @param now, ttl as of `apply` */
  store(
    question: Question,
    revision: number | null,
    next: CircuitRecord,
    expect: Counters | undefined,
    now: number,
    ttl: number,
  ): void {
    const { backend, time } = this.#shared;
    const signal = this.#enter(question, 'store', now - time.offset);
    if (signal === null) return;
    const options = expect === undefined ? { ttl, signal } : { ttl, signal, expect };
    try {
      this.#hear(question, backend.store(question.circuit.name, revision, next, options));
    } catch (error) {
      this.#threw(question, error);
    }
  }

  /** How many questions of this kind were answered so far. */
  answersTo(ability: Ability): number {
    return this.#answers[ability];
  }

  /** A lock does not go through here; what became of it is news all the same. */
  lockAnswered(circuit: Circuit): void {
    this.#answers.lock += 1;
    this.health.succeeded(circuit, 'lock');
  }

  /** The lock could not be asked for. Answers the error to tell. @param at when it was asked, ms by the process's clock */
  lockFailed(circuit: Circuit, thrown: unknown, answersBefore: number, at: number): CircuitryError {
    const error = asOurs(circuit.name, 'lock', thrown);
    this.health.failed(circuit, 'lock', error, this.#answers.lock === answersBefore ? at : null);
    return error;
  }

  close(): void {
    this.#deadlines.close();
  }

  /**
   * Lets a question pass. Answers the signal that is aborted when its time is over; null: it was refused.
   *
   * @param at now, ms by the process's clock
   */
  #enter(question: Question, verb: Verb, at: number): AbortSignal | null {
    const ability = abilityOf[verb];
    if (!this.health.isWell && !question.insists) {
      const refusal = this.health.tryEnter(question.circuit, ability);
      if (refusal !== null) {
        question.to.reject(refusal);
        return null;
      }
    }
    this.#order += 1;
    question.sent(verb, this.#order, at, this.#answers[ability]);
    try {
      return this.#deadlines.enter(question, at);
    } catch (error) {
      // A host without an AbortController.
      return this.#reject(question, error);
    }
  }

  /** Told by `then`: a backend may answer a promise of another realm. What it throws at once goes the same way. */
  #hear(question: Question, answer: Promise<Reading | Change>): void {
    answer.then(
      (answered) => this.#answered(question, answered),
      (thrown: unknown) => this.#threw(question, thrown),
    );
  }

  /** Takes an answer's news into the circuit's view, and hands it on. */
  #answered(question: Question, answer: Reading | Change): void {
    const { circuit, verb, order, at, onlooker, to } = question;
    let written: Written;
    try {
      // All that is looked at, here: a stranger's answer may throw at any of it, also when it is looked at again.
      const { now: storeNow } = answer;
      const record = this.#recordIn(answer, circuit);
      const applied = (answer as Change).applied === true;
      // An answer after the deadline is nobody's any more.
      if (question.slice === null) return;
      const ability = abilityOf[verb];
      this.#answers[ability] += 1;
      if (!this.health.isCalm) this.health.succeeded(circuit, ability);
      const now = this.#shared.time.observe(storeNow);
      if (circuit.see(record, order, at)) noteObserved(this.#shared, circuit, now);
      if (onlooker !== null) onlooker.seen(record, order, now);
      written = { record, now, applied };
    } catch (error) {
      this.#threw(question, error);
      return;
    }
    if (this.#deadlines.leave(question)) to.resolve(written);
  }

  /** Whole, and core's own: a stranger may do to its records what it likes, long after it handed them out. */
  #recordIn(answer: Reading, { name, record: seen }: Circuit): CircuitRecord | null {
    const { record } = answer;
    // The very record that was seen last has been checked.
    if (record === null || record === seen) return record;
    if (this.#takesRecords) return record;
    const own = typeof record === 'object' ? copyOf(record) : record;
    checkRecord(name, own);
    return own;
  }

  #threw(question: Question, thrown: unknown): void {
    const isOver = question.isOver;
    if (!this.#deadlines.leave(question)) return;
    // What a backend makes of its aborted signal says no more than that the time was over, unless it says it in our words.
    const isMeagre = isOver && !isStorageFault(thrown);
    this.#reject(question, isMeagre ? this.#tooLate(question) : thrown);
  }

  #tooLate({ circuit, verb }: Question): CircuitryError {
    return tooLate(circuit.name, verb, this.#shared.settings.storageTimeout);
  }

  #reject({ circuit, verb, answersBefore, at, to }: Question, thrown: unknown): null {
    const ability = abilityOf[verb];
    const error = asOurs(circuit.name, verb, thrown);
    this.health.failed(circuit, ability, error, this.#answers[ability] === answersBefore ? at : null);
    to.reject(error);
    return null;
  }
}
