import { randomUUID } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { Examination } from '../store/store.js';
import { messageOf } from '../faults.js';
import { fault, ok, warning, type Finding } from './finding.js';
import { examineRights } from './redis-rights.js';

type RedisClient = Redis | Cluster;

/** What is to be seen of a Redis beside the contract: version, role, memory, what is kept over a restart, rights. */
export async function* examineRedis(
  client: RedisClient,
  prefix: string,
  { mayWrite }: Examination,
): AsyncGenerator<Finding> {
  const start = `${prefix.replace(/[%{]/g, escape)}:`;
  yield* examineRights(client, start, `circuitry-cli/doctor/${randomUUID()}`, mayWrite);
  let info: ReadonlyMap<string, string>;
  try {
    info = parseInfo(await client.info());
  } catch (error) {
    yield warning(
      'server',
      messageOf(error),
      'Allow +info to this user, and the server’s version and memory can be looked at.',
    );
    return;
  }
  yield versionOf(info);
  yield roleOf(info);
  yield evictionOf(info);
  yield memoryOf(info);
  yield persistenceOf(info);
}

function versionOf(info: ReadonlyMap<string, string>): Finding {
  const valkey = info.get('valkey_version');
  const version = info.get('redis_version') ?? '?';
  if (valkey !== undefined) return ok('server', `Valkey ${valkey}`);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 2)
    ? ok('server', `Redis ${version}`)
    : fault('server', `Redis ${version}`, 'Circuits need Redis 6.2 or later, or Valkey.');
}

function roleOf(info: ReadonlyMap<string, string>): Finding {
  const role = info.get('role') ?? '?';
  return role === 'slave'
    ? fault(
        'role',
        'a replica',
        `It takes no writes. Name its primary: ${info.get('master_host')}:${info.get('master_port')}.`,
      )
    : ok('role', role === 'master' ? 'primary' : role);
}

function evictionOf(info: ReadonlyMap<string, string>): Finding {
  const policy = info.get('maxmemory_policy') ?? '?';
  if (policy === 'noeviction') return ok('eviction', policy);
  const what = policy.startsWith('volatile')
    ? 'every circuit but one that is forced without end'
    : 'every circuit, forced ones as well';
  return warning(
    'eviction',
    policy,
    `Short of memory, this server may drop ${what}, and an open circuit becomes a closed one. Set maxmemory-policy to noeviction, or give circuits a server of their own.`,
  );
}

function memoryOf(info: ReadonlyMap<string, string>): Finding {
  const used = Number(info.get('used_memory') ?? 0);
  const most = Number(info.get('maxmemory') ?? 0);
  const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
  if (most === 0) return ok('memory', `${megabytes(used)}, without a limit`);
  const share = used / most;
  const words = `${megabytes(used)} of ${megabytes(most)}`;
  return share < 0.9
    ? ok('memory', words)
    : warning(
        'memory',
        words,
        'Once it is full no circuit can be counted or changed. Raise maxmemory, or look what else fills it.',
      );
}

function persistenceOf(info: ReadonlyMap<string, string>): Finding {
  const appends = info.get('aof_enabled') === '1';
  return ok(
    'persistence',
    appends
      ? 'append-only file: circuits survive a restart'
      : 'no append-only file: after a restart circuits are as in the last snapshot, if there is one, and overrides may be gone',
  );
}

function parseInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\r\n').filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

function escape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
