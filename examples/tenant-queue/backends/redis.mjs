import { RedisBackend } from '@circuitry/backend-redis';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { redisServer, startRedis } from '../../../tooling/servers/redis.mjs';
import { BadInput } from '../input/bad-input.mjs';
import { notHere } from './elsewhere.mjs';

/** @typedef {{ kind: 'redis', url: string, prefix: string }} RedisConnection */

/**
 * The Redis of REDIS_URL, or one of our own.
 *
 * @returns {Promise<import('../backends.mjs').Store>}
 */
export async function open() {
  const given = process.env['REDIS_URL'];
  const server = given ? null : await startOwn();
  /** @type {RedisConnection} */
  const connection = {
    kind: 'redis',
    url: given || (server?.url ?? ''),
    // Nobody else's circuits are touched.
    prefix: `tenant-queue-demo-${randomUUID()}`,
  };
  if (given) await checkReachable(given);
  return {
    connection,
    connectHere: notHere,
    // A trip is pushed to every worker; what was read a moment ago will do for the rest.
    settings: { consistency: { maxStaleness: 250 } },
    async close() {
      if (server === null) await deleteCircuits(connection);
      else await server.stop();
    },
  };
}

/** @param {RedisConnection} connection */
export async function connect({ url, prefix }) {
  const client = clientFor(url);
  const backend = new RedisBackend({ client, prefix });
  return {
    backend,
    async close() {
      await backend.close();
      client.disconnect();
    },
  };
}

async function startOwn() {
  const found = redisServer();
  if ('missing' in found) throw new BadInput(`--backend redis needs a Redis: ${found.missing}`);
  return startRedis();
}

/** @param {string} url */
function clientFor(url) {
  // Core decides what happens when the store is away: no queue in the client, and no second sending.
  const client = new Redis(url, { maxRetriesPerRequest: 0, connectTimeout: 3_000 });
  client.on('error', () => {});
  return client;
}

/** @param {string} url */
async function checkReachable(url) {
  const client = clientFor(url);
  /** @type {Error | null} */
  let why = null;
  client.on('error', (error) => (why ??= error));
  try {
    await client.ping();
  } catch (error) {
    const { message } = /** @type {Error} */ (why ?? error);
    throw new BadInput(`The Redis of REDIS_URL can't be reached: ${message}`);
  } finally {
    client.disconnect();
  }
}

/** @param {RedisConnection} connection */
async function deleteCircuits(connection) {
  const { backend, close } = await connect(connection);
  for await (const { name } of backend.list()) await backend.delete(name);
  await close();
}
