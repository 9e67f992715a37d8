import type { CircuitRecord } from '@circuitry/core';

/** A whole record; closed, with that revision, where nothing else is said. */
export function recordOf(revision: number, more: Partial<CircuitRecord> = {}): CircuitRecord {
  return {
    revision,
    state: 'closed',
    generation: 0,
    openings: 0,
    since: 0,
    expiresAt: null,
    override: null,
    by: `writer-${revision}`,
    lastFailure: null,
    counters: {},
    ...more,
  };
}

/** A ttl that no test outlives, ms. */
export const longTtl = { ttl: 600_000 };
