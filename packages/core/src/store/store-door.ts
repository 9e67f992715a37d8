import type { Circuit } from '../circuit/circuit.js';
import type { Resolver } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import { checkRecord } from '../contract/check-record.js';
import type { CircuitRecord } from '../contract/record.js';
import type { CallOptions, Change, Reading } from '../contract/storage.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { noteObserved } from './announcements.js';
import { Bounded, Deadlines } from './deadlines.js';
import type { Written } from './record-store.js';
import { abilityOf, asOurs, isStorageFault, tooLate, type Verb } from './storage-faults.js';
import type { StoreHealth } from './store-health.js';

/** Hears each answer about a circuit before it is handed on. */
export type OnSeen = (record: CircuitRecord | null, order: number, now: number) => void;

/** A call to the store on its way. */
export class Question extends Bounded {
  readonly circuit: Circuit;
  readonly verb: Verb;
  /** The time by which it was made, ms by the store's clock. */
  readonly now: number;
  readonly to: Resolver<Written>;
  /** Null: nobody waits for news. */
  readonly onSeen: OnSeen | null;
  /** Growing in the process: which of two answers is to a later question. Given when it is sent. */
  order = 0;
  /** When it was sent, ms by the process's clock. */
  at = 0;
  /** How many of its kind were answered by then. */
  answersBefore = 0;

  constructor(circuit: Circuit, verb: Verb, now: number, onSeen: OnSeen | null, to: Resolver<Written>) {
    super();
    this.circuit = circuit;
    this.verb = verb;
    this.now = now;
    this.onSeen = onSeen;
    this.to = to;
  }

  /** @internal for the door alone */
  sent(order: number, at: number, answersBefore: number): void {
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
  #order = 0;

  constructor(shared: Shared, health: StoreHealth) {
    const { clock, storageTimeout } = shared.settings;
    this.health = health;
    this.#shared = shared;
    this.#deadlines = new Deadlines(clock, shared.context, storageTimeout, (question) => {
      this.#reject(question, this.#tooLate(question));
    });
  }

  /** The order of the newest question. */
  get order(): number {
    return this.#order;
  }

  /**
   * @param insist whether it is asked even while the store is known to be down: an operator wants the truth
   */
  ask(question: Question, insist: boolean, send: (options: Required<CallOptions>) => Promise<Reading | Change>): void {
    if (!insist && !this.health.isWell) {
      const refusal = this.health.tryEnter(question.circuit, abilityOf[question.verb]);
      if (refusal !== null) return question.to.reject(refusal);
    }
    this.#order += 1;
    question.sent(this.#order, this.#shared.time.inProcess(question.now), this.health.answersTo(question.verb));
    const signal = this.#deadlines.enter(question, question.at);
    try {
      // Told by `then`: a backend may answer a promise of another realm. What it throws at once goes the same way.
      send({ signal }).then(
        (answer) => this.#answered(question, answer),
        (thrown: unknown) => this.#threw(question, thrown),
      );
    } catch (error) {
      this.#threw(question, error);
    }
  }

  /** A lock does not go through here; what became of it is news all the same. */
  lockAnswered(circuit: Circuit): void {
    this.health.succeeded(circuit, 'lock');
  }

  /** The lock could not be asked for. Answers the error to tell. */
  lockFailed(circuit: Circuit, thrown: unknown, answersBefore: number): CircuitryError {
    const error = asOurs(circuit.name, 'lock', thrown);
    this.health.failed(circuit, 'lock', error, answersBefore);
    return error;
  }

  close(): void {
    this.#deadlines.close();
  }

  #answered(question: Question, answer: Reading | Change): void {
    const { circuit } = question;
    let record: CircuitRecord | null;
    let now: number | undefined;
    let isApplied: boolean;
    try {
      // All that is looked at, here: a stranger's answer may throw at any of it.
      ({ record, now } = answer);
      isApplied = (answer as Change).applied === true;
      // The very record that was seen last has been checked.
      if (record !== null && record !== circuit.record) checkRecord(circuit.name, record);
    } catch (error) {
      this.#threw(question, error);
      return;
    }
    // An answer after the deadline is nobody's any more.
    if (this.#deadlines.leave(question)) this.#take(question, record, now, isApplied);
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

  #reject({ circuit, verb, answersBefore, to }: Question, thrown: unknown): void {
    const error = asOurs(circuit.name, verb, thrown);
    this.health.failed(circuit, verb, error, answersBefore);
    to.reject(error);
  }

  /** Takes an answer's news into the circuit's view, and hands it on. */
  #take(question: Question, record: CircuitRecord | null, storeNow: number | undefined, applied: boolean): void {
    const { circuit, verb, order, at, to, onSeen } = question;
    this.health.succeeded(circuit, verb);
    const now = this.#shared.time.observe(storeNow);
    if (circuit.see(record, order, at)) noteObserved(this.#shared, circuit, now);
    if (onSeen !== null) onSeen(record, order, now);
    to.resolve({ record, now, applied });
  }
}
