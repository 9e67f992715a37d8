// A primary, two replicas and three Sentinels that reach each other through proxies only, so that one server can be cut off
// from the others while its clients still reach it: a split.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort, startRedis, until } from '../../../tooling/servers/redis.mjs';
import { startTcpProxy } from '../../../tooling/servers/tcp-proxy.mjs';

const host = '127.0.0.1';
const name = 'circuits';
/** How long a server may be silent before the Sentinels look for another, ms. */
export const downAfter = 1_000;
/** How long the Sentinels wait before they make the same failover again, ms. */
const failoverTimeout = 6_000;

/** @typedef {{ redis: import('../../../tooling/servers/redis.d.mts').RedisServer, proxy: import('../../../tooling/servers/tcp-proxy.d.mts').TcpProxy }} Member */

/** @param {number} replicasToWrite `min-replicas-to-write`; 0: a primary that is alone goes on */
export async function startSentinelSet(replicasToWrite) {
  /** @type {Member[]} */
  const members = [];
  for (let index = 0; index < 3; index += 1) members.push(await startMember(replicasToWrite, members[0]?.proxy.port));
  const [first] = /** @type {[Member]} */ (/** @type {unknown} */ (members));
  const folder = mkdtempSync(join(tmpdir(), 'circuitry-chaos-sentinel-'));
  const sentinels = [];
  for (let index = 0; index < 3; index += 1) {
    const configFile = join(folder, `${index}.conf`);
    const lines = [
      `sentinel monitor ${name} ${host} ${first.proxy.port} 2`,
      `sentinel down-after-milliseconds ${name} ${downAfter}`,
      `sentinel failover-timeout ${name} ${failoverTimeout}`,
    ];
    writeFileSync(configFile, `${lines.join('\n')}\n`);
    sentinels.push(await startRedis({ args: ['--sentinel'], configFile }));
  }
  const set = new SentinelSet(members, sentinels, folder, replicasToWrite);
  await set.untilWhole();
  return set;
}

/** @param {number} replicasToWrite @param {number | undefined} primaryPort @returns {Promise<Member>} */
async function startMember(replicasToWrite, primaryPort) {
  const port = await freePort();
  const proxy = await startTcpProxy(port);
  const args = ['--replica-announce-ip', host, '--replica-announce-port', String(proxy.port)];
  args.push('--min-replicas-to-write', String(replicasToWrite), '--min-replicas-max-lag', '1');
  args.push('--repl-diskless-sync-delay', '0', '--repl-timeout', '5', '--repl-ping-replica-period', '1');
  if (primaryPort !== undefined) args.push('--replicaof', host, String(primaryPort));
  return { proxy, redis: await startRedis({ port, args }) };
}

class SentinelSet {
  #replicasToWrite;
  members;
  sentinels;
  #folder;

  /**
   * @param {Member[]} members @param {import('../../../tooling/servers/redis.d.mts').RedisServer[]} sentinels
   * @param {string} folder @param {number} replicasToWrite
   */
  constructor(members, sentinels, folder, replicasToWrite) {
    this.#replicasToWrite = replicasToWrite;
    this.members = members;
    this.sentinels = sentinels;
    this.#folder = folder;
  }

  /** The primary by what the Sentinels say. */
  async primary() {
    const answers = this.sentinels.map((sentinel) => sentinel.ask('INFO', 'sentinel'));
    const port = Number(/address=127\.0\.0\.1:(\d+)/.exec(await Promise.any(answers))?.[1]);
    const found = this.members.find(({ proxy }) => proxy.port === port);
    if (found === undefined) throw new Error(`The Sentinels name a primary that is none of the set: ${port}`);
    return found;
  }

  /** @param {Member} before */
  async untilAnotherThan(before) {
    await until('another primary', async () => (await this.primary()) !== before, 60_000);
  }

  /**
   * Resolves once this server, which was the primary, acknowledges no write any more: it follows another, or it has too few
   * replicas to write.
   *
   * @param {Member} before
   */
  async untilItRefuses({ redis }) {
    await until(
      'the old primary to refuse writes',
      async () => {
        const info = await redis.ask('INFO', 'replication').catch(() => '');
        const good = Number(/min_slaves_good_slaves:(\d+)/.exec(info)?.[1] ?? Infinity);
        return /role:slave/.test(info) || good < this.#replicasToWrite;
      },
      150_000,
    );
  }

  /** Resolves once all agree on one primary, which the others follow, and the Sentinels know each other. */
  async untilWhole() {
    await until('the set to be whole', () => this.#isWhole(), 150_000);
  }

  async #isWhole() {
    const primary = await this.primary();
    for (const { redis } of this.members) {
      const info = await redis.ask('INFO', 'replication');
      const isWell =
        redis === primary.redis
          ? /role:master[^]*connected_slaves:2/.test(info)
          : /role:slave/.test(info) && /master_link_status:up/.test(info) && !/sync_in_progress:1/.test(info);
      if (!isWell) return false;
    }
    const known = await Promise.all(this.sentinels.map((sentinel) => sentinel.ask('INFO', 'sentinel')));
    const all = `status=ok,address=${host}:${primary.proxy.port},slaves=2,sentinels=3`;
    return known.every((info) => info.includes(all));
  }

  /**
   * Tells of each failover that the Sentinels make, whatever made them: on a busy machine a healthy primary is silent for
   * long enough too.
   *
   * @param {(before: Member) => unknown} onFailover called with the server that was the primary
   * @returns resolves with a function that ends this
   */
  async watchFailovers(onFailover) {
    /** Each of the three announces it. @type {Map<string, number>} */
    const heard = new Map();
    const clients = this.sentinels.map(({ port }) => new Redis({ port, disconnectTimeout: 0 }));
    for (const client of clients) {
      // A Sentinel that was killed comes back; the others tell meanwhile.
      client.on('error', () => {});
      client.on('message', (_, /** @type {string} */ message) => {
        const isNews = Date.now() - (heard.get(message) ?? -Infinity) > failoverTimeout;
        heard.set(message, Date.now());
        // "<name> <host> <port> <new host> <new port>"
        const port = Number(message.split(' ')[2]);
        const before = this.members.find(({ proxy }) => proxy.port === port);
        if (isNews && before !== undefined) onFailover(before);
      });
      await client.subscribe('+switch-master');
    }
    return () => clients.forEach((client) => client.disconnect());
  }

  async stop() {
    await Promise.all([...this.sentinels, ...this.members.map(({ redis }) => redis)].map((server) => server.stop()));
    await Promise.all(this.members.map(({ proxy }) => proxy.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
