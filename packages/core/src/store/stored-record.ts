import type { Circuit } from '../circuit/circuit.js';
import { answerOf, HostPromise, type Resolver } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord, Counters, Delta } from '../contract/record.js';
import { ttlOf } from '../machine/record/ends.js';
import { stamped, type NextRecord } from '../machine/record/revision.js';
import type { Transition } from '../machine/transition/transition.js';
import { announce } from './announcements.js';
import type { RecordStore, Sight, Write, Written } from './record-store.js';
import { isAmbiguous } from './storage-faults.js';
import { Question, type Onlooker, type StoreDoor } from './store-door.js';

/** What all circuits of a factory reach the store by. */
export interface StoreParts {
  readonly shared: Shared;
  readonly door: StoreDoor;
}

/** A read, and those who wait for it. */
class SharedRead implements Resolver<Sight> {
  readonly answer: Promise<Sight>;
  resolve!: (sight: Sight) => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.answer = new HostPromise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/** A transition whose store got no answer. */
interface Unconfirmed {
  readonly transition: Transition;
  /** The order that an answer must exceed to tell whether it happened. */
  readonly after: number;
}

/**
 * One circuit's record in the store.
 *
 * Reads are shared: one is on the wire at a time, for those who began before it was sent. It is sent a little later than
 * the first of them began, for calls that end together begin their next together. A read already on the wire must not be
 * joined: it may have passed the store before the joiner began, and the joiner would be admitted by a state that was over
 * when it asked.
 */
export class StoredRecord implements RecordStore, Resolver<Written>, Onlooker {
  readonly isShared = true;
  readonly #parts: StoreParts;
  readonly #circuit: Circuit;
  /** The read on the wire; null: none is. */
  #onWire: SharedRead | null = null;
  /** The next one; null: nobody waits for one. */
  #next: SharedRead | null = null;
  /** By the `by` of their store; null: none. */
  #unconfirmed: Map<string, Unconfirmed> | null = null;

  constructor(parts: StoreParts, circuit: Circuit) {
    this.#parts = parts;
    this.#circuit = circuit;
  }

  /** Whether something is on its way, or looked for. */
  get isBusy(): boolean {
    return this.isReading || this.#unconfirmed !== null;
  }

  /** Whether a read is on the wire, or about to be. */
  get isReading(): boolean {
    return this.#onWire !== null || this.#next !== null;
  }

  /** Asks for the answer to a read that is sent from now on. */
  read(): Promise<Sight> {
    if (this.#next !== null) return this.#next.answer;
    this.#next = new SharedRead();
    if (this.#onWire === null) this.#parts.shared.context.soon(this);
    return this.#next.answer;
  }

  /** A read of one's own, asked even while the store is known to be down: an operator wants the truth. */
  insist(): Promise<Sight> {
    return answerOf<Sight>((to) => this.#parts.door.retrieve(this.#question(true, to)));
  }

  write(base: CircuitRecord | null, write: Write, now: number, to: Resolver<Written>): void {
    switch (write.kind) {
      case 'apply':
      case 'change':
        return this.#apply(base as CircuitRecord, write.delta, now, to);
      case 'store':
        return this.#store(base, this.#stamped(write.next, base, now), write.expect, now, false, to);
      case 'transition':
        return this.#transition(write.transition, now, false, to);
    }
  }

  /** Stores a transition even while the store is known to be down. */
  insistOn(transition: Transition): Promise<Written> {
    return answerOf((to) => this.#transition(transition, this.#parts.shared.time.now(), true, to));
  }

  /** Of {@link Resolver}: the read on the wire was answered. */
  resolve(answer: Written): void {
    this.#readIsOver()?.resolve(answer);
  }

  /** Of {@link Resolver}: the read on the wire failed. */
  reject(error: unknown): void {
    this.#readIsOver()?.reject(error);
  }

  /** Of {@link Task}: sends the next read. */
  run(): void {
    this.#onWire = this.#next;
    this.#next = null;
    this.#parts.door.retrieve(this.#question(false, this));
  }

  /** Those who came meanwhile have theirs sent. Answers the one that is over. */
  #readIsOver(): SharedRead | null {
    const read = this.#onWire;
    this.#onWire = null;
    if (this.#next !== null) this.run();
    return read;
  }

  #question(insists: boolean, to: Resolver<Written>): Question {
    return new Question(this.#circuit, this.#unconfirmed === null ? null : this, insists, to);
  }

  #apply(base: CircuitRecord, delta: Delta, now: number, to: Resolver<Written>): void {
    const ttl = ttlOf(base, now, this.#circuit.rules, delta);
    this.#parts.door.apply(this.#question(false, to), base.revision, delta, now, ttl);
  }

  #transition(transition: Transition, now: number, insist: boolean, to: Resolver<Written>): void {
    const { before, expect } = transition;
    const record = this.#stamped(transition.next, before, now);
    const reject = (error: unknown): void => {
      if (isAmbiguous(error)) {
        this.#unconfirmed ??= new Map();
        this.#unconfirmed.set(record.by, { transition, after: this.#parts.door.order });
      }
      to.reject(error);
    };
    this.#store(before, record, expect, now, insist, { resolve: (written) => to.resolve(written), reject });
  }

  #store(
    before: CircuitRecord | null,
    record: CircuitRecord,
    expect: Counters | undefined,
    now: number,
    insist: boolean,
    to: Resolver<Written>,
  ): void {
    const ttl = ttlOf(record, now, this.#circuit.rules);
    const question = this.#question(insist, to);
    this.#parts.door.store(question, before?.revision ?? null, record, expect, now, ttl);
  }

  #stamped(next: NextRecord, before: CircuitRecord | null, now: number): CircuitRecord {
    return stamped(next, before, now, this.#parts.shared.stamps.next());
  }

  /**
   * A store got no answer. The first answer to a call that began later tells whether it happened: then it is announced
   * now; or whether it was overtaken or never came: then nobody knows, and nothing is said.
   */
  seen(record: CircuitRecord | null, order: number, now: number): void {
    for (const [by, { transition, after }] of this.#unconfirmed ?? []) {
      if (order <= after) continue;
      this.#unconfirmed?.delete(by);
      if (record?.by === by) announce(this.#parts.shared, this.#circuit, transition, now, null);
    }
    if (this.#unconfirmed?.size === 0) this.#unconfirmed = null;
  }
}
