import type { CircuitRecord } from '../contract/record.js';
import type { Resolver } from '../circuit/resolver.js';
import type { Delta } from '../contract/record.js';
import type { ReportWrite } from '../machine/counting/report.js';
import type { Transition } from '../machine/transition/transition.js';

/** What a record store answers: the record as it is, and the time to decide on it by. */
export interface Sight {
  readonly record: CircuitRecord | null;
  /** The store's time, ms since the epoch. */
  readonly now: number;
}

/** What a write answers. */
export interface Written extends Sight {
  readonly applied: boolean;
}

/** What can be written: outcomes, a change of a few counters, or a transition. */
export type Write =
  | ReportWrite
  | { readonly kind: 'change'; readonly delta: Delta }
  | { readonly kind: 'transition'; readonly transition: Transition };

/** Where one circuit's record is: in the store, or, while that can't be used, in this process. */
export interface RecordStore {
  /** Whether all workers share it; what is decided elsewhere is this process's own, and announced to nobody. */
  readonly isShared: boolean;
  read(): Promise<Sight>;
  /**
   * @param base what the write was made for; null: only if there is no record
   * @param now the time by which it was made
   */
  write(base: CircuitRecord | null, write: Write, now: number, to: Resolver<Written>): void;
}
