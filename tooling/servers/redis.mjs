// Starts real Redis servers on free ports of 127.0.0.1, for tests, examples and benchmarks. What was started here ends
// with stop(), and at the latest with this process; nothing else is ever touched.
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { redisServer } from './redis-binary.mjs';
import { ask, until } from './resp.mjs';
import { endsWithUs } from './ends-with-us.mjs';
import { ownFolder } from './own-folder.mjs';

export { redisServer, valkeyServer } from './redis-binary.mjs';
export { ask, until } from './resp.mjs';

const running = new Set();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts one server and waits until it answers.
 *
 * @param {{ args?: readonly string[], server?: string, port?: number, configFile?: string, env?: Record<string, string> }} [options]
 *   `args`: more of the server's own options; `server`: another program than the one found; `env`: more of its environment
 * @returns the server: `port`, `url`, `pid`, `kill(signal)`, `start()` again with the same port and an empty store, `stop()`
 */
export async function startRedis(options = {}) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOn(options.port ?? (await freePort()), options);
    } catch (error) {
      // Somebody else was quicker: all that is known of a port is that it was free a moment ago.
      const isTaken = /Address already in use/i.test(error.message) && options.port === undefined;
      if (!isTaken || tries === 5) throw error;
    }
  }
}

async function startOn(port, { args = [], server = programOrThrow(), configFile, env }) {
  const folder = ownFolder('redis');
  let child = null;
  let log = '';

  const start = async () => {
    const storage = configFile === undefined ? ['--save', '', '--appendonly', 'no'] : [];
    const file = configFile === undefined ? [] : [configFile];
    const words = [...file, '--port', port, '--bind', '127.0.0.1', '--dir', folder, ...storage, ...args];
    child = spawn(...endsWithUs(server, words.map(String)), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const mine = child;
    running.add(mine);
    mine.once('exit', () => running.delete(mine));
    for (const stream of [mine.stdout, mine.stderr]) {
      stream.on('data', (text) => (log = (log + text).slice(-10_000)));
      stream.unref();
    }
    // A test that failed before its stop() must not keep the process, which ends the server, from ending.
    mine.unref();
    await until(
      `redis-server on port ${port}`,
      async () => mine.exitCode !== null || isProcess(await ask(port, 'INFO', 'server'), mine.pid),
      60_000,
    ).catch((error) => {
      throw new Error(`${error.message}\n${log}`);
    });
    if (mine.exitCode !== null) throw new Error(`redis-server on port ${port} ended\n${log}`);
  };
  const kill = async (signal = 'SIGKILL') => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.ref();
    child.kill(signal);
    // A stopped process takes no other signal than these two.
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await gone;
  };
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid;
    },
    get log() {
      return log;
    },
    ask: (...words) => ask(port, ...words),
    start,
    kill,
    async stop() {
      await kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Starts a Cluster and waits until all of its nodes agree on the slots.
 *
 * @param {{ masters?: number, replicas?: number, failsOver?: boolean, server?: string, args?: readonly string[] }} [options]
 *   default: three masters; `replicas`: of each; `failsOver`: whether a replica takes over by itself from a master that is
 *   silent for 2 s: only for a failover's own test, for on a busy machine a master that is well is silent too
 * @returns `nodes` (masters first, then the replicas in the order of their masters), `ports`, `stop()`
 */
export async function startCluster({ masters = 3, replicas = 0, failsOver = false, server, args = [] } = {}) {
  // A busy machine must not look like a node that is gone.
  const patience = failsOver ? 2_000 : 120_000;
  const words = ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf', '--cluster-node-timeout', patience];
  const nodes = [];
  for (let index = 0; index < masters * (1 + replicas); index += 1) {
    nodes.push(await startRedis({ server, args: [...words, '--repl-diskless-sync-delay', '0', ...args] }));
  }
  const [first] = nodes;
  // Slots by hand: `redis-cli --cluster create` waits for seconds.
  for (let index = 0; index < masters; index += 1) {
    const from = Math.round((index * 16_384) / masters);
    const to = Math.round(((index + 1) * 16_384) / masters) - 1;
    const slots = Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
    await nodes[index].ask('CLUSTER', 'ADDSLOTS', ...slots);
  }
  for (const [index, node] of nodes.entries()) {
    await node.ask('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
    if (node !== first) await first.ask('CLUSTER', 'MEET', '127.0.0.1', node.port);
  }
  const knowsAll = async (node) => (await node.ask('CLUSTER', 'NODES')).split('connected').length > nodes.length;
  for (const node of nodes) await until('the Cluster to meet', () => knowsAll(node));
  for (const [index, node] of nodes.slice(masters).entries()) {
    const master = nodes[Math.floor(index / replicas)];
    const id = await master.ask('CLUSTER', 'MYID');
    await until('a replica to know its master', async () => (await node.ask('CLUSTER', 'REPLICATE', id)) === 'OK');
  }
  const agrees = async (node) => /cluster_state:ok[^]*cluster_slots_ok:16384/.test(await node.ask('CLUSTER', 'INFO'));
  for (const node of nodes) await until('the Cluster to agree', () => agrees(node));
  for (const node of nodes.slice(masters)) await until('the replicas to follow', () => follows(node));
  return { nodes, ports: nodes.map((node) => node.port), stop: () => stopAll(nodes) };
}

/**
 * Starts a primary, its replicas and three Sentinels that agree on it.
 *
 * @param {{ replicas?: number, downAfter?: number, server?: string, args?: readonly string[],
 *   replicaEnv?: Record<string, string> }} [options] default: two replicas; `replicaEnv`: more of the replicas' environment; `downAfter`: how long a server may be silent, ms, default 1,000: a failover's tests want it
 *   short, and all others long, for a busy machine is silent too
 * @returns `name` of the set, `primary`, `replicas`, `sentinels`, `sentinelPorts`, `currentPrimary()`, `stop()`
 */
export async function startSentinel({ replicas = 2, downAfter = 1_000, server, args = [], replicaEnv } = {}) {
  const name = 'circuits';
  const primary = await startRedis({ server, args: ['--repl-diskless-sync-delay', '0', ...args] });
  const followers = [];
  for (let index = 0; index < replicas; index += 1) {
    const replicaOf = ['--replicaof', '127.0.0.1', primary.port, '--repl-diskless-sync-delay', '0'];
    followers.push(await startRedis({ server, args: [...replicaOf, ...args], env: replicaEnv }));
  }
  for (const follower of followers) await until('the replicas to follow', () => follows(follower));
  const sentinels = [];
  for (let index = 0; index < 3; index += 1) {
    sentinels.push(await startOneSentinel({ name, primaryPort: primary.port, downAfter, server }));
  }
  for (const sentinel of sentinels) {
    await until('the Sentinels to agree', async () => /^OK 3/.test(await sentinel.ask('SENTINEL', 'CKQUORUM', name)));
    await until('the Sentinels to know the replicas', async () => {
      const info = await sentinel.ask('INFO', 'sentinel');
      return new RegExp(`slaves=${replicas},sentinels=3`).test(info);
    });
  }
  const all = [primary, ...followers];
  return {
    name,
    primary,
    replicas: followers,
    sentinels,
    sentinelPorts: sentinels.map((sentinel) => sentinel.port),
    async currentPrimary() {
      const info = await Promise.any(sentinels.map((sentinel) => sentinel.ask('INFO', 'sentinel')));
      const port = Number(/address=127\.0\.0\.1:(\d+)/.exec(info)?.[1]);
      return all.find((server) => server.port === port) ?? primary;
    },
    stop: () => stopAll([...sentinels, ...all]),
  };
}

async function startOneSentinel({ name, primaryPort, downAfter, server }) {
  const folder = ownFolder('sentinel');
  const file = join(folder, 'sentinel.conf');
  writeFileSync(
    file,
    [
      `sentinel monitor ${name} 127.0.0.1 ${primaryPort} 2`,
      `sentinel down-after-milliseconds ${name} ${downAfter}`,
      `sentinel failover-timeout ${name} 3000`,
      `sentinel parallel-syncs ${name} 1`,
      '',
    ].join('\n'),
  );
  const sentinel = await startRedis({ server, args: ['--sentinel'], configFile: file });
  return {
    ...sentinel,
    async stop() {
      await sentinel.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether it is this process that answered, not another that had the port first. */
function isProcess(info, pid) {
  return info.includes(`process_id:${pid}\r\n`);
}

async function follows(replica) {
  return /master_link_status:up/.test(await replica.ask('INFO', 'replication'));
}

async function stopAll(servers) {
  await Promise.all(servers.map((server) => server.stop()));
}

function programOrThrow() {
  const found = redisServer();
  if ('missing' in found) throw new Error(found.missing);
  return found.path;
}

/**
 * A port that was free a moment ago. It and a Cluster's bus port, 10,000 above, stand below those that systems give to
 * outgoing connections (from 32,768): else one of ours could take it in between.
 */
export async function freePort() {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 10_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
