/** Fills a Redis with circuits faster than workers would: the server copies one that the backend itself stored. */

const copies = `
  for index = tonumber(ARGV[3]), tonumber(ARGV[4]) do
    redis.call('COPY', KEYS[1], ARGV[1] .. index .. ARGV[2])
  end`;
const atATime = 10_000;
const template = 'calm/template';

const record = (changes) => ({
  revision: 1,
  state: 'closed',
  generation: 1,
  openings: 0,
  since: 0,
  expiresAt: null,
  override: null,
  by: 'load',
  lastFailure: null,
  counters: { 'total.successes': 41, 'total.failures': 1 },
  ...changes,
});

/**
 * @param {{ client: import('ioredis').Redis, backend: import('@circuitry/core').StorageBackend, circuits: number, open: number, now: number }} options
 */
export async function fill({ client, backend, circuits, open, now }) {
  await backend.store(template, null, record({}), { ttl: Infinity });
  // How the backend calls a key is its own business.
  const [key] = await client.keys(`*${template}*`);
  const [before, after] = key.split('template');
  for (let from = 1; from < circuits - open; from += atATime) {
    const to = Math.min(circuits - open - 1, from + atATime - 1);
    await client.eval(copies, 1, key, before, after, from, to);
  }
  const reasons = ['HTTPError 503', 'TimeoutError ETIMEDOUT', 'AxiosError ECONNREFUSED'];
  for (let index = 0; index < open; index += 1) {
    const lastFailure = reasons[index % reasons.length];
    const opened = record({
      state: 'open',
      openings: 1,
      since: now - index * 10_000,
      expiresAt: now + 3_600_000,
      lastFailure,
    });
    await backend.store(`send-mail/tenant-${index}`, null, opened, { ttl: Infinity });
  }
}
