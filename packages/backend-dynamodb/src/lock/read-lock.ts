import { CorruptRecordError } from '@circuitry/core';
import type { Item } from '../record/item.js';
import { checkFormat, corrupt } from '../record/read-circuit.js';
import { parseLockFields } from '../record/schema.js';

/** What a lock's item says. It stays when its holder is gone, for the sake of the token. */
export interface StoredLock {
  /** The last holder's. */
  readonly token: number;
  /** Random, one per call of `lock`. */
  readonly owner: string;
  /** When the lease ends, ms since the epoch, inclusive; 0 once it was released. */
  readonly endsAt: number;
}

/**
 * What an item says of its lock; null for none.
 *
 * @throws UnsupportedRecordError, CorruptRecordError
 */
export function readLock(name: string, item: Item | undefined): StoredLock | null {
  if (item === undefined) return null;
  checkFormat(name, item);
  const parsed = parseLockFields(item);
  if ('fault' in parsed) throw corrupt(name, parsed.fault, item);
  const lock = {
    token: Number(parsed.fields.token.N),
    owner: parsed.fields.owner.S,
    endsAt: Number(parsed.fields.endsAt.N),
  };
  if (!Number.isSafeInteger(lock.token)) throw new CorruptRecordError(name, 'token', `is ${lock.token}`);
  return lock;
}
