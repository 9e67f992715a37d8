import { isCircuitryError, StorageError, systemClock, type StorageBackend } from '@circuitry/core';

/** The store's clock as this process knows it. */
export interface StoreClock {
  /** ms since the epoch. */
  now(): number;
  /** How far the store's clock is ahead of this machine's, ms; null where the store tells none. */
  readonly ahead: number | null;
  /** How long the store took to answer, ms: `ahead` is known to within half of it. */
  readonly roundTrip: number;
}

/** A name that no circuit has; asking for it creates nothing. */
const nobody = 'circuitry-cli/clock';

/** Asks the store what time it is. Also the first word with it: what is wrong shows here. */
export async function askStoreClock(backend: StorageBackend, signal: AbortSignal): Promise<StoreClock> {
  const asked = systemClock.now();
  const { now } = await backend.retrieve(nobody, { signal }).catch((error: unknown) => {
    throw withoutName(error);
  });
  const answered = systemClock.now();
  const ahead = now === undefined ? null : Math.round(now - (asked + answered) / 2);
  return { now: () => systemClock.now() + (ahead ?? 0), ahead, roundTrip: answered - asked };
}

/** A name that nobody has given is not to be read of. */
function withoutName(error: unknown): unknown {
  if (!isCircuitryError(error, 'ERR_STORAGE')) return error;
  const message = error.message.replace(`circuit ${JSON.stringify(nobody)}`, 'the store');
  return new StorageError(message, { cause: error.cause, retriable: error.retriable });
}
