import type { CircuitRecord, Counters, Delta } from '../contract/record.js';
import type { NextRecord } from '../machine/revision.js';
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

/** Where one circuit's record is: in the store, or, while that is down, in this process. */
export interface Port {
  retrieve(): Promise<Answer>;
  /** @param base the record that the delta was made for: its revision is the condition, its end sets the ttl. */
  apply(base: CircuitRecord, delta: Delta): Promise<WriteAnswer>;
  /** A store that carries outcomes. @param before null: only if there is no record. */
  store(before: CircuitRecord | null, next: NextRecord, expect?: Counters): Promise<WriteAnswer>;
  /** A store that the machine found due; whoever wins it announces it. */
  transition(transition: Transition): Promise<WriteAnswer>;
}
