import type { CircuitRecord, StorageBackend } from '@circuitry/core';

const day = 86_400_000;

/** A record of that state, as a worker would have stored it. */
export function recordOf(more: Partial<CircuitRecord> = {}): CircuitRecord {
  return {
    revision: 1_000,
    state: 'closed',
    generation: 0,
    openings: 0,
    since: 0,
    expiresAt: null,
    override: null,
    by: 'a-worker',
    lastFailure: null,
    counters: { 'total.successes': 12 },
    ...more,
  };
}

/** An open circuit that tries again in so many ms. */
export function openRecord(endsIn: number, lastFailure: string | null = 'HTTPError 503'): CircuitRecord {
  const now = Date.now();
  return recordOf({
    state: 'open',
    generation: 1,
    openings: 1,
    since: now - 60_000,
    expiresAt: now + endsIn,
    lastFailure,
    counters: { 'total.failures': 15, 'total.successes': 2, 'consecutive.failures': 15 },
  });
}

/** Stores records under their names. */
export async function fill(backend: StorageBackend, records: Readonly<Record<string, CircuitRecord>>): Promise<void> {
  for (const [name, record] of Object.entries(records)) {
    const { applied } = await backend.store(name, null, record, { ttl: day });
    if (!applied) throw new Error(`${name} was there already`);
  }
}
