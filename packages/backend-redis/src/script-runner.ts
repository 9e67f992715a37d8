import type { Cluster, Redis } from 'ioredis';
import type { Script } from './scripts/embedded.js';

/** An ioredis client, whichever kind. */
export type RedisClient = Redis | Cluster;

/**
 * Runs a script in one round trip.
 *
 * A server that doesn't know it (new, restarted, failed over to, or after SCRIPT FLUSH) says so without having run
 * anything; then it is sent whole, once, which also makes it known.
 */
export function runScript(
  client: RedisClient,
  script: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  // Not async: this stands in every call's way.
  return client.evalsha(script.sha1, keys.length, ...keys, ...args).catch((error: unknown) => {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(script.lua, keys.length, ...keys, ...args);
  });
}
