import type { StorageBackend } from '@circuitry/core';
import type { Redis } from 'ioredis';

export function fill(options: {
  readonly client: Redis;
  readonly backend: StorageBackend;
  readonly circuits: number;
  /** How many of them are open. */
  readonly open: number;
  /** ms since the epoch */
  readonly now: number;
}): Promise<void>;
