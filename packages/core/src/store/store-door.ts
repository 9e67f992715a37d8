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
import { abilityOf, asOurs, tooLate, type Verb } from './storage-faults.js';
import type { StoreHealth } from './store-health.js';

/** A call to the store on its way. */
class Question extends Bounded {
  readonly ask: Ask;
  /** Growing in the process: which of two answers is to a later question. */
  readonly order: number;
  /** When it began, ms by the process's clock. */
  readonly at: number;
  readonly to: Resolver<Written>;

  constructor(ask: Ask, order: number, at: number, to: Resolver<Written>) {
    super();
    this.ask = ask;
    this.order = order;
    this.at = at;
    this.to = to;
  }
}

/** What is asked. */
export interface Ask {
  readonly circuit: Circuit;
  readonly verb: Verb;
  /** The time by which it was made, ms by the store's clock. */
  readonly now: number;
  /** Whether it is asked even while the store is known to be down: an operator wants the truth. */
  readonly insist: boolean;
  readonly send: (options: Required<CallOptions>) => Promise<Reading | Change>;
  /** Called with each answer before it is handed on; null: nobody waits for news. */
  readonly onSeen: ((record: CircuitRecord | null, order: number, now: number) => void) | null;
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
      const { circuit, verb } = question.ask;
      this.#reject(question, tooLate(circuit.name, verb, storageTimeout));
    });
  }

  /** The order of the newest question. */
  get order(): number {
    return this.#order;
  }

  ask(ask: Ask, to: Resolver<Written>): void {
    const { circuit, verb, now, insist, send } = ask;
    if (!insist && !this.health.isWell) {
      const refusal = this.health.tryEnter(circuit, abilityOf[verb]);
      if (refusal !== null) return to.reject(refusal);
    }
    this.#order += 1;
    const at = this.#shared.time.inProcess(now);
    const question = new Question(ask, this.#order, at, to);
    const signal = this.#deadlines.enter(question, at);
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
  lockFailed(circuit: Circuit, thrown: unknown, askedAt: number): CircuitryError {
    const error = asOurs(circuit.name, 'lock', thrown);
    this.health.failed(circuit, 'lock', error, askedAt);
    return error;
  }

  close(): void {
    this.#deadlines.close();
  }

  #answered(question: Question, answer: Reading | Change): void {
    const { circuit } = question.ask;
    try {
      // The very record that was seen last has been checked.
      if (answer.record !== null && answer.record !== circuit.record) checkRecord(circuit.name, answer.record);
    } catch (error) {
      this.#threw(question, error);
      return;
    }
    // An answer after the deadline is nobody's any more.
    if (this.#deadlines.leave(question)) this.#take(question, answer);
  }

  #threw(question: Question, thrown: unknown): void {
    if (this.#deadlines.leave(question)) this.#reject(question, thrown);
  }

  #reject({ ask, at, to }: Question, thrown: unknown): void {
    const { circuit, verb } = ask;
    const error = asOurs(circuit.name, verb, thrown);
    this.health.failed(circuit, verb, error, at);
    to.reject(error);
  }

  /** Takes an answer's news into the circuit's view, and hands it on. */
  #take({ ask, order, at, to }: Question, answer: Reading | Change): void {
    const { circuit, verb, onSeen } = ask;
    this.health.succeeded(circuit, verb);
    const { record } = answer;
    const now = this.#shared.time.observe(answer.now);
    if (circuit.see(record, order, at)) noteObserved(this.#shared, circuit, now);
    if (onSeen !== null) onSeen(record, order, now);
    to.resolve({ record, now, applied: (answer as Change).applied === true });
  }
}
