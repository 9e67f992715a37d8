import type { Script } from '../scripts/embedded.js';
import type { ConnectionFault, RedisConnection } from './redis-connection.js';

/** Which scripts each server was sent whole, over which connection. */
const sent = new WeakMap<RedisConnection, Map<string, Set<Script>>>();

/** Whether this is the first time; from now on it isn't. */
function isFirst(connection: RedisConnection, key: string, script: Script): boolean {
  let servers = sent.get(connection);
  if (servers === undefined) sent.set(connection, (servers = new Map<string, Set<Script>>()));
  const server = connection.serverOf(key);
  const scripts = servers.get(server);
  if (scripts === undefined) servers.set(server, new Set([script]));
  else if (scripts.has(script)) return false;
  else scripts.add(script);
  return true;
}

/**
 * Runs a script in one round trip. The first of its keys decides where.
 *
 * It is sent whole the first time on each connection, which also makes it known: the server may not know it yet, and to be
 * told so would be a round trip more. A server that has forgotten it (failed over to, or after SCRIPT FLUSH) says so
 * without having run anything; then it is sent whole, once.
 */
export function runScript(
  connection: RedisConnection,
  script: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const [key = ''] = keys;
  const words = (command: string, which: string): string[] => [command, which, String(keys.length), ...keys, ...args];
  if (isFirst(connection, key, script)) return connection.send(key, words('eval', script.lua));
  // Not async: this stands in every call's way.
  return connection.send(key, words('evalsha', script.sha1)).catch((error: ConnectionFault) => {
    if (!error.message.startsWith('NOSCRIPT')) throw error;
    return connection.send(key, words('eval', script.lua));
  });
}
