import { describe } from '@jest/globals';
import { Redis } from 'ioredis';
import { execFileSync } from 'node:child_process';
import { redisServer, type RedisClusterServers, type RedisServer } from '../../../../tooling/servers/redis.mjs';
import { slotCount } from '../../src/connection/cluster-slot.js';
import { noServer } from './servers.js';

/** Whether the server that tests start has sharded publish/subscribe: Redis 7, and every Valkey. */
export const hasShardChannels: boolean = (() => {
  const found = redisServer();
  if (noServer !== null || 'missing' in found) return false;
  const version = /v=(\d+)/.exec(execFileSync(found.path, ['--version'], { encoding: 'utf8' }))?.[1];
  return Number(version) >= 7;
})();

/** A describe that is skipped, and says why, where no server with sharded publish/subscribe can be started. */
export function describeWithShards(title: string, body: () => void): void {
  if (hasShardChannels) describe(title, body);
  else describe.skip(`${title} (skipped: ${noServer ?? 'the server is older than Redis 7'})`, body);
}

/** Moves a slot, with its keys, from one master to another, as `redis-cli --cluster reshard` does. */
export async function moveSlot(servers: RedisClusterServers, slot: number, from: number, to: number): Promise<void> {
  const [source, target] = [servers.nodes[from], servers.nodes[to]];
  if (source === undefined || target === undefined) throw new Error('no such master');
  const [sourceId, targetId] = [await source.ask('CLUSTER', 'MYID'), await target.ask('CLUSTER', 'MYID')];
  await target.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', sourceId);
  await source.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId);
  const client = new Redis({ port: source.port, disconnectTimeout: 0 });
  const keys = await client.cluster('GETKEYSINSLOT', slot, 10_000);
  client.disconnect();
  if (keys.length > 0) await source.ask('MIGRATE', '127.0.0.1', target.port, '', 0, 5_000, 'KEYS', ...keys);
  for (const node of [target, source]) await node.ask('CLUSTER', 'SETSLOT', slot, 'NODE', targetId);
}

/** Which of three masters, as startCluster gives them slots, owns a slot at first. */
export function masterOf(slot: number): number {
  return Math.floor((slot * 3) / slotCount);
}

/** A number that each of the nodes tells of its bus, all of them together; 0 where it tells none. */
export async function busMessages(servers: RedisClusterServers, kind: string): Promise<number> {
  const infos = await Promise.all(servers.nodes.map((node) => node.ask('CLUSTER', 'INFO')));
  const field = new RegExp(`^cluster_stats_messages_${kind}_sent:(\\d+)`, 'm');
  return infos.reduce((sum, info) => sum + Number(field.exec(info)?.[1] ?? 0), 0);
}

/** How many connections listen to channels, on all nodes that answer. @param except the name of clients that are not counted */
export async function subscribers(servers: RedisClusterServers, except?: string): Promise<number> {
  const listOf = (node: RedisServer): Promise<string> => node.ask('CLIENT', 'LIST', 'TYPE', 'pubsub').catch(() => '');
  const lists = await Promise.all(servers.nodes.map(listOf));
  return lists.reduce(
    (sum, list) => sum + list.split('\n').filter((line) => line !== '' && !line.includes(` name=${except} `)).length,
    0,
  );
}
