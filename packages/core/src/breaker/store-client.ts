import { checkRecord } from '../contract/check-record.js';
import type { CircuitRecord, Counters, Delta } from '../contract/record.js';
import type { Change, Reading } from '../contract/storage.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { stamped, type NextRecord, type Stamp } from '../machine/revision.js';
import type { Transition } from '../machine/transition.js';
import { ttlOf } from '../machine/ttl.js';
import { announce, noteObserved, settleUnconfirmed } from './announcements.js';
import type { Circuit } from './circuit.js';
import { Deadlines } from './deadlines.js';
import { isAmbiguous, tooLate } from './failures.js';
import { Outages } from './outages.js';
import { answerOf, tell, type Answer, type Asker, type Port, type WriteAnswer } from './port.js';
import { Question, type Verb } from './question.js';
import type { Services } from './services.js';

/**
 * Every call to the store goes through here: bounded in time, its answer checked, its errors made ours, its news taken
 * into the circuit's view. It knows whether the store is down, and then refuses without asking, but for one caller now
 * and again.
 */
export class StoreClient<Context> {
  readonly #services: Services<Context>;
  readonly #deadlines: Deadlines<Question<Context>>;
  readonly #outages: Outages<Context>;
  #order = 0;

  constructor(services: Services<Context>) {
    const { clock, storageTimeout } = services.settings;
    this.#services = services;
    this.#deadlines = new Deadlines(clock, storageTimeout, (question) => {
      this.#reject(question, tooLate(question.circuit.name, question.verb, storageTimeout));
    });
    this.#outages = new Outages(services);
  }

  /** Whether the store is known to be down. */
  get isDown(): boolean {
    return this.#outages.isStoreDown;
  }

  /** A read of its own, asked even while the store is known to be down: an operator wants the truth. */
  retrieve(circuit: Circuit<Context>): Promise<Answer> {
    return answerOf((asker) => this.read(circuit, asker, true));
  }

  /** The read that `circuit.reads` shares. */
  read(circuit: Circuit<Context>, asker: Asker, insist = false): void {
    const { backend, time } = this.#services;
    const send = (signal: AbortSignal): Promise<Reading> => backend.retrieve(circuit.name, { signal });
    this.#ask(circuit, 'retrieve', time.now(), insist, send, asker);
  }

  apply(circuit: Circuit<Context>, base: CircuitRecord, delta: Delta, now: number, asker: Asker): void {
    const { backend } = this.#services;
    const ttl = ttlOf(base, now, circuit.rules, delta);
    const send = (signal: AbortSignal): Promise<Change> =>
      backend.apply(circuit.name, base.revision, delta, { ttl, signal });
    this.#ask(circuit, 'apply', now, false, send, asker);
  }

  /** Stores a transition. If it wins it is announced; if nobody answers, its `by` is looked for from then on. */
  async transition(circuit: Circuit<Context>, transition: Transition, insist = false): Promise<WriteAnswer> {
    const now = this.#services.time.now();
    const record = this.#stamped(transition.next, transition.before, now);
    try {
      const { before, expect } = transition;
      const answer = await answerOf((asker) => this.#store(circuit, before, record, expect, now, insist, asker));
      if (answer.applied) announce(this.#services, circuit, transition, answer.now);
      return answer;
    } catch (error) {
      if (isAmbiguous(error)) {
        circuit.unconfirmed ??= new Map();
        circuit.unconfirmed.set(record.by, { transition, after: this.#order });
      }
      throw error;
    }
  }

  /** The lock, which does not go through here, failed: if that is the store's fault, the store is down. */
  lockFailed(circuit: Circuit<Context>, thrown: unknown): CircuitryError {
    return this.#outages.failed(circuit, 'lock', thrown);
  }

  /** The store as the one circuit's port. */
  portOf(circuit: Circuit<Context>): Port {
    return {
      read: (asker) => circuit.reads.read(asker),
      write: (base, write, now, asker) => {
        if (write.kind === 'apply') this.apply(circuit, base as CircuitRecord, write.delta, now, asker);
        else this.#store(circuit, base, this.#stamped(write.next, base, now), write.expect, now, false, asker);
      },
      apply: (base, delta) => answerOf((asker) => this.apply(circuit, base, delta, this.#services.time.now(), asker)),
      transition: (transition) => this.transition(circuit, transition),
    };
  }

  /** A stamp for a store call. */
  stamp(): Stamp {
    return { chance: this.#services.settings.random(), by: this.#services.by() };
  }

  close(): void {
    this.#deadlines.close();
  }

  #stamped(next: NextRecord, before: CircuitRecord | null, now: number): CircuitRecord {
    return stamped(next, before, now, this.stamp());
  }

  #store(
    circuit: Circuit<Context>,
    before: CircuitRecord | null,
    record: CircuitRecord,
    expect: Counters | undefined,
    now: number,
    insist: boolean,
    asker: Asker,
  ): void {
    const { backend } = this.#services;
    const ttl = ttlOf(record, now, circuit.rules);
    const revision = before?.revision ?? null;
    const condition = expect === undefined ? {} : { expect };
    const send = (signal: AbortSignal): Promise<Change> =>
      backend.store(circuit.name, revision, record, { ttl, signal, ...condition });
    this.#ask(circuit, 'store', now, insist, send, asker);
  }

  #ask(
    circuit: Circuit<Context>,
    verb: Verb,
    now: number,
    insist: boolean,
    send: (signal: AbortSignal) => Promise<Reading | Change>,
    asker: Asker,
  ): void {
    const refusal = this.#outages.refusal(circuit, insist);
    if (refusal !== null) {
      asker.fail(refusal);
      return;
    }
    this.#order += 1;
    const at = this.#services.time.inProcess(now);
    const question = new Question(circuit, verb, this.#order, at, asker);
    const signal = this.#deadlines.enter(question, at);
    try {
      send(signal).then(
        (answer) => this.#answered(question, answer),
        (thrown: unknown) => this.#threw(question, thrown),
      );
    } catch (error) {
      this.#threw(question, error);
    }
  }

  #answered(question: Question<Context>, answer: Reading | Change): void {
    const { circuit } = question;
    try {
      // The very record that was seen last has been checked.
      if (answer.record !== null && answer.record !== circuit.view?.record) checkRecord(circuit.name, answer.record);
    } catch (error) {
      this.#threw(question, error);
      return;
    }
    // An answer after the deadline is nobody's any more.
    if (this.#deadlines.leave(question)) tell(question.asker, this.#take(circuit, answer, question.order, question.at));
  }

  #threw(question: Question<Context>, thrown: unknown): void {
    if (this.#deadlines.leave(question)) this.#reject(question, thrown);
  }

  #reject(question: Question<Context>, thrown: unknown): void {
    question.asker.fail(this.#outages.failed(question.circuit, question.verb, thrown));
  }

  /** Takes an answer's news into the circuit's view. */
  #take(circuit: Circuit<Context>, answer: Reading | Change, order: number, at: number): WriteAnswer {
    this.#outages.succeeded(circuit);
    const { record } = answer;
    const now = this.#services.time.observe(answer.now);
    if (circuit.see(record, order, at)) noteObserved(this.#services, circuit, now);
    if (circuit.unconfirmed !== null) settleUnconfirmed(this.#services, circuit, record, order, now);
    return { record, now, applied: (answer as Change).applied === true };
  }
}
