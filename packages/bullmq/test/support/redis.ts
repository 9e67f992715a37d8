import { redisServer, startRedis } from '../../../../tooling/servers/redis.mjs';

const found = process.env['REDIS_URL'] === undefined ? redisServer() : { path: '' };

/** Why there is no Redis to test on; null: there is one. */
export const missing: string | null = 'missing' in found ? found.missing : null;

/** The Redis of REDIS_URL, which is left running, or one of our own. */
export async function openRedis(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const given = process.env['REDIS_URL'];
  if (given !== undefined) return { url: given, close: async () => {} };
  const server = await startRedis();
  return { url: server.url, close: () => server.stop() };
}
