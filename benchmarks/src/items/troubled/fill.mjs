/** Copies of a record that the backend itself stored, made by the server: a million in seconds. */
const copies = `
  for index = tonumber(ARGV[3]), tonumber(ARGV[4]) do
    redis.call('COPY', KEYS[1], ARGV[1] .. index .. ARGV[2])
  end`;
const atATime = 10_000;
const template = 'calm/template';

/** A record as a worker would have stored it. */
export function recordOf(changes) {
  return {
    revision: 1,
    state: 'closed',
    generation: 1,
    openings: 0,
    since: 0,
    expiresAt: null,
    override: null,
    by: 'benchmark',
    lastFailure: null,
    counters: { 'total.successes': 41, 'total.failures': 1 },
    ...changes,
  };
}

/** Adds closed circuits number `from` to `to`. */
export async function addClosed(admin, backend, from, to) {
  await backend.store(template, null, recordOf({}), { ttl: Infinity });
  // How the backend calls a key is its own business.
  const [key] = await admin.keys(`*${template}*`);
  const [before, after] = key.split('template');
  for (let next = from; next <= to; next += atATime) {
    await admin.eval(copies, 1, key, before, after, next, Math.min(to, next + atATime - 1));
  }
  await admin.del(key);
}

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
