import { addClosed, recordOf } from '../../../../tooling/servers/fill-redis.mjs';

/**
 * Fills a Redis with circuits, some of them open for three reasons.
 *
 * @param {{ client: import('ioredis').Redis, backend: import('@circuitry/core').StorageBackend, circuits: number, open: number, now: number }} options
 */
export async function fill({ client, backend, circuits, open, now }) {
  await addClosed(client, backend, 1, circuits - open);
  const reasons = ['HTTPError 503', 'TimeoutError ETIMEDOUT', 'AxiosError ECONNREFUSED'];
  for (let index = 0; index < open; index += 1) {
    const lastFailure = reasons[index % reasons.length];
    const opened = recordOf({
      state: 'open',
      openings: 1,
      since: now - index * 10_000,
      expiresAt: now + 3_600_000,
      lastFailure,
    });
    await backend.store(`send-mail/tenant-${index}`, null, opened, { ttl: Infinity });
  }
}
