import type { Script } from '../scripts/embedded.js';
import type { ConnectionFault, RedisConnection } from './redis-connection.js';

/**
 * Runs a script in one round trip. The first of its keys decides where.
 *
 * A server that doesn't know it (new, restarted, failed over to, or after SCRIPT FLUSH) says so without having run
 * anything; then it is sent whole, once, which also makes it known.
 */
export function runScript(
  connection: RedisConnection,
  script: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const [key = ''] = keys;
  const words = (command: string, which: string): string[] => [command, which, String(keys.length), ...keys, ...args];
  // Not async: this stands in every call's way.
  return connection.send(key, words('evalsha', script.sha1)).catch((error: ConnectionFault) => {
    if (!error.message.startsWith('NOSCRIPT')) throw error;
    return connection.send(key, words('eval', script.lua));
  });
}
