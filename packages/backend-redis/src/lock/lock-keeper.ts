import { CorruptRecordError } from '@circuitry/core';
import type { Attempt } from '../connection/storage-failure.js';

/** How long a token counter outlives its lock, ms: long enough for a late holder to be told apart. */
export const fenceKept: number = 7 * 24 * 3_600_000;

/** Somebody else wrote to the counter that the lock's tokens come from: it is left as it is, and no lock is given. */
export function damagedCounter(name: string, key: string): CorruptRecordError {
  return new CorruptRecordError(name, 'token', `is no count in the key ${JSON.stringify(key)}`);
}

/** A lock that was got, as the one who keeps it knows it. */
export interface Holding {
  /** The fencing token. */
  readonly token: number;
  /** When the write that took it was sent, by this process's clock: its time runs from there. */
  readonly start: number;
}

/** Where locks are kept: on one server, or on most of several. Each call is one try, and says what became of it. */
export interface LockKeeper<Held extends Holding = Holding> {
  /** Takes the lock for `ms`, or answers 'held': somebody has it; or 'late': no answer came while it would have lasted. */
  take(name: string, ms: number, attempt: Attempt): Promise<Held | 'held' | 'late'>;
  /** Moves the end to `ms` from now; false: it is over, or another's. */
  extend(name: string, held: Held, ms: number, attempt: Attempt): Promise<boolean>;
  /** Gives it back; false: it is over, or another's. */
  release(name: string, held: Held, attempt: Attempt): Promise<boolean>;
}
