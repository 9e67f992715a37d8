/** Fills a Redis with circuits faster than workers would: a template that the backend itself stored, copied in the server. */

const copies = `
  local fields = redis.call('HGETALL', KEYS[1])
  for index = tonumber(ARGV[2]), tonumber(ARGV[3]) do
    redis.call('HSET', ARGV[1] .. index .. '}', unpack(fields))
  end`;
const atATime = 10_000;

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
 * @param {{ client: import('ioredis').Redis, backend: import('@circuitry/core').StorageBackend, prefix: string, circuits: number, open: number, now: number }} options
 */
export async function fill({ client, backend, prefix, circuits, open, now }) {
  await backend.store('calm/template', null, record({}), { ttl: Infinity });
  for (let from = 1; from < circuits - open; from += atATime) {
    const to = Math.min(circuits - open - 1, from + atATime - 1);
    await client.eval(copies, 1, `${prefix}:{calm/template}`, `${prefix}:{calm/`, from, to);
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
