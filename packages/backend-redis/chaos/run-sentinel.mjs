// Chaos on Redis with Sentinel: processes that count, transition and lock, while Sentinels and primaries are killed, primaries
// freeze, fail over on request, and are split off from the others with some of the workers. Each worker writes down what it did in a
// ledger of its own; afterwards the ledgers are compared with the primary. What a failover may lose (docs/redis.md) is
// allowed while one is under way, counted, and told; nothing else is.
//
//   node packages/backend-redis/chaos/run-sentinel.mjs [--seconds 60] [--workers 6] [--seed 1] [--min-replicas 1]
//     [--troubles 'primary kill,split']
//
// It needs a build. Exit 0: nothing was violated; 1: something was, and it is printed.
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisBackend } from '@circuitry/backend-redis';
import { Redis } from 'ioredis';
import { Fleet, readOptions } from '../../../tooling/chaos/fleet.mjs';
import { oneOf } from '../../../tooling/chaos/random.mjs';
import { startTcpProxy } from '../../../tooling/servers/tcp-proxy.mjs';
import { downAfter, startSentinelSet } from './sentinel-set.mjs';

const options = readOptions({
  'min-replicas': { type: 'string', default: '1' },
  troubles: { type: 'string', default: 'sentinel kill,primary kill,primary freeze,failover,split' },
});
const fleet = new Fleet(options);
const { random } = fleet;
const set = await startSentinelSet(Number(options['min-replicas']));
/** Each worker's own way to each server: what the servers know of each other goes over another. */
const ways = await Promise.all(
  Array.from({ length: options.workers }, () => Promise.all(set.members.map(({ redis }) => startTcpProxy(redis.port)))),
);
const host = '127.0.0.1';
const sentinels = set.sentinels.map(({ port }) => ({ host, port }));
await fleet.start(new URL('worker.mjs', import.meta.url), (index) => ({
  sentinels,
  natMap: Object.fromEntries(
    set.members.map(({ proxy }, member) => [`${host}:${proxy.port}`, { host, port: ways[index]?.[member]?.port }]),
  ),
}));
console.log(`${options.workers} workers on Redis with Sentinel for ${options.seconds} s, seed ${options.seed}`);

/**
 * When a server acknowledged what the next primary may not have: a failover loses that, whatever a client does.
 *
 * @type {import('../../../tooling/chaos/check.mjs').Loss[]}
 */
const losses = [];
/**
 * The same for the failovers that nobody here made: on a busy machine the Sentinels take a healthy primary for dead.
 *
 * @type {import('../../../tooling/chaos/check.mjs').Loss[]}
 */
const unplanned = [];
/** The primary that the trouble under way is about. @type {import('./sentinel-set.mjs').Member | null} */
let troubled = null;
const failoversEnd = await set.watchFailovers((before) => {
  if (before === troubled) return;
  // It was silent for so long, and so may its replicas have been deaf; once the set is whole it acknowledges nothing more.
  const loss = { from: Date.now() - 5 * downAfter, until: Infinity };
  unplanned.push(loss);
  console.log('the Sentinels replaced a primary that no trouble was made to');
  set.untilItRefuses(before).then(
    () => (loss.until = Date.now()),
    () => {},
  );
});
/** How long what a primary has acknowledged may be on its way to its replicas, ms. */
const lag = 100;

/**
 * The old primary has lost touch with the next one: what it acknowledged a moment ago, and does from now on, is lost.
 * The answer ends that: it acknowledges nothing more.
 */
function losingBegins() {
  const loss = { from: Date.now() - lag, until: Infinity };
  losses.push(loss);
  return () => void (loss.until = Date.now());
}

/** What the set suffers: one after the other, each until the set is whole again. @type {Record<string, (ms: number) => Promise<void>>} */
const troubles = {
  'sentinel kill': async (ms) => {
    const sentinel = oneOf(random, set.sentinels);
    await sentinel.kill();
    await sleep(ms);
    await sentinel.start();
  },
  'primary kill': async () => {
    const before = await set.primary();
    const losingEnds = losingBegins();
    await before.redis.kill();
    losingEnds();
    // Not earlier: it comes back empty, and its replicas would follow it.
    await set.untilAnotherThan(before);
    await losingUntilItRefuses(before, () => before.redis.start());
  },
  'primary freeze': async (ms) => {
    const before = await set.primary();
    const losingEnds = losingBegins();
    await before.redis.kill('SIGSTOP');
    // Mostly until it is replaced; else so shortly that it should not be.
    if (random() < 0.7) {
      losingEnds();
      await set.untilAnotherThan(before);
      await losingUntilItRefuses(before, () => before.redis.kill('SIGCONT'));
    } else {
      await sleep(ms / 10);
      await before.redis.kill('SIGCONT');
      await set.untilWhole();
      losingEnds();
    }
  },
  failover: async () => {
    const before = await set.primary();
    await losingUntilItRefuses(before, () => oneOf(random, set.sentinels).ask('SENTINEL', 'FAILOVER', 'circuits'));
    await set.untilAnotherThan(before);
  },
  split: async (ms) => {
    const before = await set.primary();
    const refusing = losingUntilItRefuses(before, () => before.proxy.freeze());
    await set.untilAnotherThan(before);
    // Some find the new primary, the others go on with the old one.
    const member = set.members.indexOf(before);
    for (const way of ways) if (random() < 0.5) way[member]?.cut();
    await sleep(ms);
    before.proxy.thaw();
    await refusing;
  },
};

/** @param {import('./sentinel-set.mjs').Member} before @param {() => unknown} begin */
async function losingUntilItRefuses(before, begin) {
  const losingEnds = losingBegins();
  await begin();
  await set.untilItRefuses(before);
  losingEnds();
}

/** @param {string} kind */
async function sufferAs(kind) {
  const began = Date.now();
  const before = await set.primary();
  const lossesBefore = losses.length;
  troubled = kind === 'sentinel kill' ? null : before;
  await troubles[kind]?.(2_000 + random() * 4_000);
  const over = Date.now();
  await set.untilWhole();
  // No other took its place: nothing was lost.
  if ((await set.primary()) === before) losses.length = lossesBefore;
  troubled = null;
  const allowed = losses.slice(lossesBefore).reduce((sum, { from, until }) => sum + until - from, 0);
  console.log(
    `${kind}: ${over - began} ms, and ${Date.now() - over} ms until the set was whole; loss allowed for ${allowed} ms`,
  );
}

const kinds = ['kill', 'freeze', 'cut', 'slow', 'dependency', 'dependency'];
let suffering = Promise.resolve();
let isSuffering = false;
await fleet.trouble(() => {
  const ms = 200 + random() * 2_500;
  if (!isSuffering && random() < 0.7) {
    const kind = oneOf(random, options.troubles.split(','));
    isSuffering = true;
    suffering = suffering.then(() => sufferAs(kind)).finally(() => (isSuffering = false));
    suffering.catch(() => {});
    return { kind, make: () => undefined };
  }
  const kind = oneOf(random, kinds);
  const make = (/** @type {number} */ index) => {
    const worker = ways[index] ?? [];
    if (kind === 'cut') return worker.forEach((way) => way.cut());
    if (kind !== 'slow') return fleet.troubleWorker(kind, index, ms);
    for (const way of worker) way.delay(random() * 1_000);
    setTimeout(() => worker.forEach((way) => way.delay(0)), ms);
    return undefined;
  };
  return { kind, make };
});
await suffering;
const unended = await fleet.end();
await set.untilWhole();
failoversEnd();

const client = new Redis({ port: (await set.primary()).redis.port, disconnectTimeout: 0 });
const backend = new RedisBackend({ client });
fleet.report({ counted: (await backend.retrieve('counted')).record, unended, losses: [...losses, ...unplanned] });
await backend.close();
client.disconnect();
await Promise.all(ways.flat().map((way) => way.stop()));
await set.stop();
