import { CorruptRecordError, type CircuitRecord, type Delta } from '@circuitry/core';
import { foresee, type Seen } from './foresee.js';
import type { Answer } from './read-answer.js';
import { readRecord } from './read-record.js';

/** How many circuits are remembered: those of the last {@link generation} to twice as many. */
const generation = 200;

/** A longer text is not remembered: a hundred buckets' is some 3,000 characters. */
const longest = 8_192;

interface Memory extends Seen {
  /** Whether nobody else had written when this process last did. */
  readonly isCalm: boolean;
}

/** What an apply is sent with, and what its answer is then read by. */
export interface Forecast {
  /** The beginning that the record must have: the whole text, its head, or what the revision alone tells. */
  readonly seen: string;
  /** What the delta makes of `seen`, to be sent along; '' where that is not whole, or would seldom be right. */
  readonly written: string;
  readonly next: Seen | null;
}

/**
 * The circuits that this process read last, as text and as records. Only a hint: what is stored decides, and each use is
 * checked against it, by the server or by the text that it answered.
 *
 * - Most calls find the record as their process left it. Then it needn't be read anew.
 * - Most ends find it as their start did. Then the server needn't look for counters: it compares one text and writes another.
 */
export class LastSeen {
  #young = new Map<string, Memory>();
  #old = new Map<string, Memory>();

  /** What to send with a delta for the record with this revision. */
  forecast(name: string, revision: string, delta: Delta): Forecast {
    const memory = this.#of(name);
    if (memory === undefined || !memory.text.startsWith(revision)) return { seen: revision, written: '', next: null };
    const next = foresee(memory, delta);
    return memory.isCalm && next !== null
      ? { seen: memory.text, written: next.text, next }
      : { seen: memory.text.slice(0, memory.text.indexOf('|') + 1), written: '', next };
  }

  /**
   * The record that an answer holds.
   *
   * @param forecast what the call was sent with
   * @throws CorruptRecordError, UnsupportedRecordError
   */
  read(name: string, { outcome, text }: Answer, forecast?: Forecast): CircuitRecord | null {
    const next = forecast?.next ?? null;
    if (outcome === 'foreseen' && next !== null) return this.#note(name, next, true);
    // The script is about as strict as the reader; where they disagree the record is not to be trusted either.
    const memory = this.#of(name);
    const record = text === '' ? null : memory?.text === text ? memory.record : readRecord(name, text);
    if (outcome === 'unreadable' || outcome === 'foreseen') {
      throw new CorruptRecordError(name, 'record', 'could not be read by the script that would have changed it');
    }
    if (record === null) return null;
    const isCalm = outcome === '1' && next !== null ? next.text === text : (memory?.isCalm ?? true);
    return this.#note(name, { text, record }, isCalm);
  }

  #of(name: string): Memory | undefined {
    return this.#young.get(name) ?? this.#old.get(name);
  }

  #note(name: string, { text, record }: Seen, isCalm: boolean): CircuitRecord {
    if (text.length > longest) return record;
    if (this.#young.size >= generation && !this.#young.has(name)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(name, { text, record, isCalm });
    return record;
  }
}
