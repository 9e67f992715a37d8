import { createHash } from 'node:crypto';

/** A Lua script, and what EVALSHA calls it by. */
export function script(lua) {
  return { lua, sha1: createHash('sha1').update(lua).digest('hex') };
}

/** Runs a script that was loaded. */
export function runScript(client, { sha1 }, keys, args) {
  return client.evalsha(sha1, keys.length, ...keys, ...args);
}
