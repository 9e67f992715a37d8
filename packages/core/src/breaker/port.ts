import type { CircuitRecord, Delta } from '../contract/record.js';
import type { ReportWrite } from '../machine/report.js';
import type { Transition } from '../machine/transition.js';

/** What a port answers: the record as it is, and the time to decide on it by. */
export interface Answer {
  readonly record: CircuitRecord | null;
  /** The store's time, ms since the epoch. */
  readonly now: number;
}

/** What a write answers. */
export interface WriteAnswer extends Answer {
  readonly applied: boolean;
}

/**
 * Who asked: one of the two is called, once. Not a promise, because two of these are on every call's way, and each
 * promise less saves a tenth of a microsecond and more.
 */
export interface Asker {
  take(answer: WriteAnswer): void;
  fail(error: unknown): void;
}

/** Where one circuit's record is: in the store, or, while that is down, in this process. */
export interface Port {
  read(asker: Asker): void;
  /**
   * A write that carries outcomes.
   *
   * @param base what it was made for; null: only if there is no record
   * @param now the time by which it was made
   */
  write(base: CircuitRecord | null, write: ReportWrite, now: number, asker: Asker): void;
  /** @param base the record that the delta was made for: its revision is the condition, its end sets the ttl. */
  apply(base: CircuitRecord, delta: Delta): Promise<WriteAnswer>;
  /** A store that the machine found due; whoever wins it announces it. */
  transition(transition: Transition): Promise<WriteAnswer>;
}

/** An answer as a promise, for ways that are long anyway. */
export function answerOf(ask: (asker: Asker) => void): Promise<WriteAnswer> {
  return new Promise((take, fail) => ask({ take, fail }));
}

/** Hands an answer on; what goes wrong with it there is the asker's as well. */
export function tell(asker: Asker, answer: WriteAnswer): void {
  try {
    asker.take(answer);
  } catch (error) {
    asker.fail(error);
  }
}
