import { redisServer, startRedis } from '../../tooling/servers/redis.mjs';

/**
 * The Redis of REDIS_URL, which is left running, or one of our own.
 *
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function openRedis() {
  const given = process.env['REDIS_URL'];
  if (given) return { url: given, close: async () => {} };
  const found = redisServer();
  if ('missing' in found) throw new Error(`This needs a Redis: set REDIS_URL. (${found.missing})`);
  const server = await startRedis();
  return { url: server.url, close: () => server.stop() };
}
