import { isCircuitryError, type CircuitryErrorCode } from '@circuitry/core';

/** Which of core's classes a backend throws for each code. */
const classOf: Partial<Readonly<Record<CircuitryErrorCode, string>>> = {
  ERR_STORAGE: 'StorageError',
  ERR_CORRUPT_RECORD: 'CorruptRecordError',
  ERR_UNSUPPORTED_RECORD: 'UnsupportedRecordError',
  ERR_INVALID_NAME: 'InvalidNameError',
  ERR_LEASE_LOST: 'LeaseLostError',
  ERR_LOCK_TIMEOUT: 'LockTimeoutError',
  ERR_CLOSED: 'ClosedError',
};

/** The usual cause where an error only looks like one of core's: it has the name or the code, and not the brand. */
export function causeOfLookAlike(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || isCircuitryError(error)) return null;
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  const known = Object.entries(classOf).find((entry) => entry.includes(String(name)) || entry[0] === code)?.[1];
  if (known === undefined) return null;
  return `It looks like core’s ${known} and is none: it isn’t branded, so nobody takes it for one. Throw \`new ${known}(…)\`, imported from @circuitry/core; not a class or an object of your own, and not a copy (JSON and structuredClone lose the brand).`;
}
