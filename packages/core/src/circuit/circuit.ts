import type { CircuitRecord } from '../contract/record.js';
import type { Subject } from '../events/events.js';
import type { Rules } from '../machine/rules/rules.js';
import type { Settings } from '../settings/parse-settings.js';
import type { Writable } from '../time/writable.js';

/** What all refusals by one record say, but for when to come back. */
export interface RefusalWords {
  readonly record: CircuitRecord | null;
  readonly because: string;
  readonly before: string;
  readonly after: string;
}

/**
 * One circuit as this process knows it: what it is called, the rules it goes by, and its view, the record last seen.
 *
 * Only answers of the store change the view, and only through the methods here.
 */
export class Circuit {
  /** In the store. */
  readonly name: string;
  /** Of the breaker that met it first: others may call it otherwise, or have another context. */
  readonly subject: Subject<unknown>;
  readonly settings: Settings<unknown>;
  readonly rules: Rules;
  /** The record last seen; null: none, or nothing was seen yet. */
  readonly record: CircuitRecord | null = null;
  /** When the call that saw it began, ms by the process's clock; −Infinity: too old for anything. */
  readonly seenAt: number = -Infinity;
  /** The order of that call; 0: nothing was seen yet. */
  #seenBy = 0;
  /** Answers to calls up to this order may have missed something: they are no fresh view. */
  #distrusted = 0;
  /** Whether anything was ever seen. */
  readonly isKnown: boolean = false;
  /** Whether the record last seen admits calls, whatever the time: asking the machine again is needless. */
  readonly isAdmitting: boolean = true;
  /** The record of which the machine said so; null: of that of a circuit nobody has stored. */
  #admitting: CircuitRecord | null = null;
  #words: RefusalWords | null = null;

  constructor(subject: Subject<unknown>, settings: Settings<unknown>, rules: Rules) {
    this.name = subject.name;
    this.subject = subject;
    this.settings = settings;
    this.rules = rules;
  }

  /**
   * Takes in an answer. The call that began later wins, whatever its revision: a failover may go back.
   *
   * @param order of the call, growing in the process
   * @returns whether the record is another one than before
   */
  see(record: CircuitRecord | null, order: number, at: number): boolean {
    if (order < this.#seenBy) return false;
    const isNews = !this.isKnown || this.record?.revision !== record?.revision;
    const own = this as Writable<Circuit>;
    this.#seenBy = order;
    own.isKnown = true;
    own.record = record;
    own.seenAt = order > this.#distrusted ? at : -Infinity;
    own.isAdmitting = record === this.#admitting;
    return isNews;
  }

  /**
   * The machine has found nothing due in a record. A plain closed one admits for as long as it is the one; of any other
   * nothing is noted, for time ends what it is.
   */
  noteAdmitting(record: CircuitRecord | null): void {
    if (record === null || record.state !== 'closed' || record.override !== null) return;
    this.#admitting = record;
    (this as Writable<Circuit>).isAdmitting = record === this.record;
  }

  /** The words that refusals used last; null: there was none. A circuit refuses by the thousand, in the same words. */
  get words(): RefusalWords | null {
    return this.#words;
  }

  keepWords(words: RefusalWords): RefusalWords {
    this.#words = words;
    return words;
  }

  /**
   * The view may have missed something: it decides nothing until the store was asked again.
   *
   * @param newest the order of the newest call that was sent: it, too, may have passed the store before that
   */
  distrust(newest: number): void {
    this.#distrusted = newest;
    (this as Writable<Circuit>).seenAt = -Infinity;
  }
}
