import type { CircuitRecord, StorageBackend } from '@circuitry/core';

/** A store under examination. */
export interface Patient {
  readonly backend: StorageBackend;
  /** ms that one answer may take. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly mayWrite: boolean;
}

/** A closed circuit of nobody's. */
export function probe(now: number): CircuitRecord {
  return {
    revision: 1,
    state: 'closed',
    generation: 0,
    openings: 0,
    since: Math.round(now),
    expiresAt: null,
    override: null,
    by: 'circuitry-cli',
    lastFailure: null,
    counters: {},
  };
}
