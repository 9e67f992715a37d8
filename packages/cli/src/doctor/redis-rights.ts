import type { Cluster, Redis } from 'ioredis';
import { messageOf } from '../faults.js';
import { fault, ok, skipped, type Finding } from './finding.js';

/** A command that the backend sends, as harmless as it can be, on a key of the examination's own. */
interface Probe {
  readonly command: string;
  readonly words: readonly string[];
  readonly writes: boolean;
  /** The pattern that its key needs in an ACL; '' where it takes none. */
  readonly pattern: string;
}

/** Removes itself, should the examination die, ms. */
const ttl = '60000';

/** @param start what all keys of this prefix begin with, the colon included */
function probesFor(start: string, name: string): readonly Probe[] {
  const circuit = `${start}{${name}}`;
  const index = `${start}troubled:${name}`;
  const probe = (writes: boolean, pattern: string, command: string, ...words: string[]): Probe => ({
    command,
    words,
    writes,
    pattern,
  });
  const ofCircuits = `~${start}{*`;
  const ofIndex = `~${start}troubled*`;
  return [
    probe(false, '', 'time'),
    probe(false, '', 'ping'),
    probe(false, '', 'scan', '0', 'MATCH', circuit, 'COUNT', '1'),
    probe(false, ofCircuits, 'evalsha', '0'.repeat(40), '1', circuit),
    probe(false, ofCircuits, 'eval', 'return 1', '1', circuit),
    probe(false, ofCircuits, 'get', circuit),
    probe(false, ofIndex, 'sscan', index, '0'),
    probe(true, ofCircuits, 'set', `${circuit}:lock`, '1', 'PX', ttl),
    probe(true, ofCircuits, 'pexpire', `${circuit}:lock`, ttl),
    probe(true, ofCircuits, 'incr', `${circuit}:lock`),
    probe(true, ofCircuits, 'del', `${circuit}:lock`),
    probe(true, ofIndex, 'sadd', index, name),
    probe(true, ofIndex, 'srem', index, name),
  ];
}

/**
 * Which of the rights that the backend needs this user lacks, each by its name in an ACL. `publish` and `subscribe` are
 * not among them: whether a transition is heard is looked at as a whole.
 */
export async function* examineRights(
  client: Redis | Cluster,
  start: string,
  name: string,
  mayWrite: boolean,
): AsyncGenerator<Finding> {
  const missing = new Set<string>();
  for (const { command, words, pattern } of probesFor(start, name).filter(({ writes }) => mayWrite || !writes)) {
    try {
      await client.call(command, ...words);
    } catch (error) {
      const message = messageOf(error);
      // Whatever else goes wrong is no matter of rights, and shows elsewhere.
      if (!message.startsWith('NOPERM')) continue;
      const isKeyRefused = /\bkeys?\b/i.test(message) && !message.includes(`'${command}'`);
      missing.add(isKeyRefused ? pattern : `+${command}`);
    }
  }
  yield missing.size === 0
    ? ok('rights', mayWrite ? 'all that circuits need' : 'all that reading circuits needs')
    : fault('rights', `missing: ${[...missing].join(' ')}`, `ACL SETUSER <user> ${[...missing].join(' ')}`);
  if (!mayWrite) yield skipped('rights to write', '--read-only');
}
