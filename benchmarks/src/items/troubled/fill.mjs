import { recordOf } from '../../../../tooling/servers/fill-redis.mjs';

/** What differs where a circuit is open for an hour. */
export function opened() {
  const since = Date.now();
  return { state: 'open', openings: 1, since, expiresAt: since + 3_600_000, lastFailure: 'HTTPError 503' };
}

/** Adds `count` circuits that are open. */
export async function addOpen(backend, count) {
  const open = recordOf(opened());
  for (let index = 0; index < count; index += 1) {
    await backend.store(`send-mail/tenant-${index}`, null, open, { ttl: Infinity });
  }
}
