import type { CircuitRecord, Counters, MemoryBackend, Override, StorageBackend } from '@circuitry/core';

let writes = 0;

/** A record as a worker would have stored it. */
export function record(changes: Partial<CircuitRecord> = {}): CircuitRecord {
  writes += 1;
  return {
    revision: writes,
    state: 'closed',
    generation: 1,
    openings: 0,
    since: 0,
    expiresAt: null,
    override: null,
    by: `test-${writes}`,
    lastFailure: null,
    counters: {},
    ...changes,
  };
}

export function open(since: number, length: number, lastFailure: string | null, openings = 1): CircuitRecord {
  return record({ state: 'open', since, expiresAt: since + length, openings, lastFailure, generation: openings });
}

export function halfOpen(since: number, counters: Counters, lastFailure: string | null): CircuitRecord {
  return record({ state: 'half-open', since, expiresAt: since + 60_000, openings: 1, lastFailure, counters });
}

export function forced(since: number, override: Override): CircuitRecord {
  return record({ since, override });
}

/** Puts a record there, whatever was there before. */
export async function put(backend: StorageBackend, name: string, next: CircuitRecord): Promise<void> {
  const { record: known } = await backend.retrieve(name);
  const revision = (known?.revision ?? 0) + next.revision;
  await backend.store(name, known?.revision ?? null, { ...next, revision }, { ttl: Infinity });
}

/** Counters of a time window as core names them: oldest first, ending with the bucket that `now` is in. */
function windowCounters(
  bucketLength: number,
  cells: readonly (readonly [calls: number, failures: number, slow?: number])[],
  now: number,
): Counters {
  const head = Math.floor(now / bucketLength);
  const counters: Record<string, number> = {};
  cells.forEach(([calls, failures, slow = 0], index) => {
    const prefix = `w${bucketLength}x${cells.length}:${head - cells.length + 1 + index}`;
    if (calls > 0) counters[`${prefix}.c`] = calls;
    if (failures > 0) counters[`${prefix}.f`] = failures;
    if (slow > 0) counters[`${prefix}.s`] = slow;
  });
  return counters;
}

/** An incident: circuits that are open for three reasons, some that try again, some that an operator holds. */
export async function incident(backend: MemoryBackend, now: number): Promise<void> {
  const minutes = (count: number): number => now - count * 60_000;
  const tenants = ['acme', 'globex', 'initech', 'umbrella', 'hooli', 'contoso', 'northwind'];
  for (const [index, tenant] of tenants.entries()) {
    await put(backend, `send-mail/${tenant}`, open(minutes(12 - index), 1_800_000, 'HTTPError 503', 1 + (index % 3)));
  }
  for (const [index, tenant] of tenants.slice(0, 3).entries()) {
    await put(backend, `charge-card/${tenant}`, open(minutes(41 + index), 3_600_000, 'TimeoutError ETIMEDOUT'));
  }
  await put(backend, 'sync-crm/fabrikam', open(minutes(3), 300_000, 'AxiosError ECONNREFUSED', 4));
  await put(backend, 'sync-crm/tailspin', open(minutes(2), 300_000, 'AxiosError ECONNREFUSED', 2));
  const trials = { 'trials.started': 3, 'trials.limit': 5, 'trials.succeeded': 2, 'trials.deadline': now + 42_000 };
  await put(backend, 'render-invoice/wonka', halfOpen(now - 18_000, trials, 'HTTPError 500'));
  await put(
    backend,
    'charge-card/stark',
    forced(minutes(25), {
      state: 'open',
      reason: 'Provider maintenance, ticket 4711',
      by: 'ada',
      until: now + 5_400_000,
    }),
  );
  await put(
    backend,
    'send-mail/wayne',
    forced(minutes(90), { state: 'closed', reason: null, by: 'grace', until: null }),
  );
  await put(
    backend,
    'send-mail/healthy',
    record({
      since: minutes(180),
      counters: {
        'total.successes': 4_812,
        'total.failures': 97,
        'total.slow': 212,
        'total.ignored': 8,
        'consecutive.failures': 2,
        ...windowCounters(
          6_000,
          [
            [41, 0],
            [38, 1, 2],
            [44, 0],
            [52, 6, 9],
            [47, 12, 14],
            [50, 9, 6],
            [39, 2, 1],
            [42, 0],
            [45, 1],
            [18, 2],
          ],
          now,
        ),
      },
    }),
  );
  for (let index = 0; index < 140; index += 1) {
    await put(backend, `index-search/tenant-${String(index).padStart(4, '0')}`, record({ since: minutes(600) }));
  }
}
