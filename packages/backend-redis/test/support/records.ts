import type { CircuitRecord } from '@circuitry/core';

/** A closed circuit's record, with whatever is to be different. */
export function aRecord(changes: Partial<CircuitRecord> = {}): CircuitRecord {
  return {
    revision: 1_816_000_000_000_000,
    state: 'closed',
    generation: 0,
    openings: 0,
    since: 0,
    expiresAt: null,
    override: null,
    by: 'worker-1',
    lastFailure: null,
    counters: {},
    ...changes,
  };
}

/** Long enough for any test. */
export const minute = { ttl: 60_000 };

/** What `promise` rejects with; fails the test if it doesn't. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('it should have been rejected');
}
