import type { Cluster, Redis } from 'ioredis';
import { messageOf } from './contract.js';
import { fault, ok, skipped, type Finding } from './finding.js';

/** A command that the backend sends, as harmless as it can be, on a key of the examination's own. */
interface Probe {
  readonly command: string;
  readonly words: readonly string[];
  readonly writes: boolean;
}

/** Removes itself, should the examination die, ms. */
const ttl = '60000';

function probesFor(key: string): readonly Probe[] {
  const read = (command: string, ...words: string[]): Probe => ({ command, words, writes: false });
  const write = (command: string, ...words: string[]): Probe => ({ command, words, writes: true });
  return [
    read('time'),
    read('ping'),
    read('evalsha', '0'.repeat(40), '1', key),
    read('eval', 'return 1', '1', key),
    read('hgetall', key),
    read('exists', key),
    read('get', `${key}:lock`),
    read('scan', '0', 'MATCH', key, 'COUNT', '1'),
    write('hset', key, 'format', '1'),
    write('pexpire', key, ttl),
    write('persist', key),
    write('hdel', key, 'format'),
    write('set', `${key}:lock`, '1', 'PX', ttl),
    write('incr', `${key}:fence`),
    write('del', key),
    write('del', `${key}:lock`),
    write('del', `${key}:fence`),
  ];
}

/**
 * Which of the rights that the backend needs this user lacks, each by its name in an ACL. `publish` and `subscribe` are
 * not among them: whether a transition is heard is looked at as a whole.
 */
export async function* examineRights(client: Redis | Cluster, key: string, mayWrite: boolean): AsyncGenerator<Finding> {
  const missing = new Set<string>();
  let isKeyRefused = false;
  for (const { command, words } of probesFor(key).filter(({ writes }) => mayWrite || !writes)) {
    try {
      await client.call(command, ...words);
    } catch (error) {
      const message = messageOf(error);
      if (!message.startsWith('NOPERM')) continue;
      if (/\bkeys?\b/i.test(message) && !message.includes(`'${command}'`)) isKeyRefused = true;
      else missing.add(`+${command}`);
    }
  }
  const pattern = `~${key.slice(0, key.indexOf('{') + 1)}*`;
  if (isKeyRefused) missing.add(pattern);
  yield missing.size === 0
    ? ok('rights', mayWrite ? 'all that circuits need' : 'all that reading circuits needs')
    : fault('rights', `missing: ${[...missing].join(' ')}`, `ACL SETUSER <user> ${[...missing].join(' ')}`);
  if (!mayWrite) yield skipped('rights to write', '--read-only');
}
