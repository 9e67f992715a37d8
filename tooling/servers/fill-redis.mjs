/** Fills a Redis with circuits faster than workers would: the server copies one that the backend itself stored. */

const copies = `
  for index = tonumber(ARGV[3]), tonumber(ARGV[4]) do
    redis.call('COPY', KEYS[1], ARGV[1] .. index .. ARGV[2])
  end`;
const atATime = 10_000;
const template = 'calm/template';

/** A record as a worker would have stored it: closed, if `changes` say nothing else. */
export function recordOf(changes = {}) {
  return {
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
  };
}

/**
 * Adds the closed circuits number `from` to `to`, a million in seconds.
 *
 * @param client an ioredis client of that server
 * @param backend a RedisBackend on it, for what a record looks like there
 */
export async function addClosed(client, backend, from, to) {
  await backend.store(template, null, recordOf(), { ttl: Infinity });
  // How the backend calls a key is its own business.
  const [key] = await client.keys(`*${template}*`);
  const [before, after] = key.split('template');
  for (let next = from; next <= to; next += atATime) {
    await client.eval(copies, 1, key, before, after, next, Math.min(to, next + atATime - 1));
  }
  await client.del(key);
}
