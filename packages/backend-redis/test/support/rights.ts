import { readFileSync } from 'node:fs';
import { hasShardChannels } from './shards.js';

/** The rights of the ACL line in docs/redis.md, for another prefix. */
export function leastRights(prefix: string): string[] {
  const line = /^ACL SETUSER circuitry (?:.*\\\n)*.*$/m.exec(document)?.[0] ?? '';
  return rightsIn(line.replaceAll('\\\n', ' ').replace('ACL SETUSER circuitry ', ''), prefix);
}

/** What the document adds to that line for a Cluster's client: always, and where there are sharded channels. */
export function clusterRights(prefix: string): string[] {
  const [, always = '', sharded = ''] = /A Cluster's client needs `([^`]*)`[^`]*`([^`]*)`/.exec(document) ?? [];
  return rightsIn(hasShardChannels ? `${always} ${sharded}` : always, prefix);
}

const document = readFileSync(new URL('../../../../docs/redis.md', import.meta.url), 'utf8');

function rightsIn(text: string, prefix: string): string[] {
  return text.replaceAll('circuitry:', `${prefix}:`).trim().split(/\s+/);
}
