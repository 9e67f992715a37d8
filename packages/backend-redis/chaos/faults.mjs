// What goes wrong with one Redis and the way to it, drawn from a seed.
import { setTimeout as sleep } from 'node:timers/promises';
import { oneOf } from '../../../tooling/chaos/random.mjs';

/**
 * @typedef {{
 *   proxy: import('../../../tooling/servers/tcp-proxy.d.mts').TcpProxy,
 *   server: import('../../../tooling/servers/redis.d.mts').RedisServer,
 *   clock: import('../../../tooling/servers/stepping-clock.d.mts').SteppingClock | null,
 *   random: () => number,
 * }} Parts
 */

/** @param {number} ms @param {() => unknown} begin @param {() => unknown} end */
async function forAWhile(ms, begin, end) {
  await begin();
  await sleep(ms);
  await end();
}

/** What a server's command says is no matter: it may be away just now. @param {Parts} parts @param {(string | number)[]} words */
const tell = ({ server }, ...words) => server.ask(...words).catch(() => '');

/** Those of the way to one worker, then those of the server, which all workers feel. */
const troubles = /** @type {const} */ ({
  /** @param {Parts} parts @param {number} ms */
  cut: ({ proxy }, ms) =>
    forAWhile(
      ms / 4,
      () => proxy.refuse(),
      () => proxy.refuse(false),
    ),
  /** @param {Parts} parts @param {number} ms */
  silent: ({ proxy }, ms) =>
    forAWhile(
      ms,
      () => proxy.freeze(),
      () => proxy.thaw(),
    ),
  /** @param {Parts} parts @param {number} ms */
  slow: ({ proxy, random }, ms) =>
    forAWhile(
      ms,
      () => proxy.delay(random() * 1_000),
      () => proxy.delay(0),
    ),
  /** @param {Parts} parts @param {number} ms */
  'lost replies': ({ proxy }, ms) =>
    forAWhile(
      ms / 4,
      () => proxy.loseReplies(),
      () => proxy.loseReplies(false),
    ),
  /** @param {Parts} parts @param {number} ms */
  throttle: (parts, ms) => tell(parts, 'CLIENT', 'PAUSE', Math.round(ms / 2), 'WRITE').then(() => {}),
  /** @param {Parts} parts @param {number} ms */
  full: (parts, ms) =>
    forAWhile(
      ms / 2,
      () => tell(parts, 'CONFIG', 'SET', 'maxmemory', '1'),
      () => tell(parts, 'CONFIG', 'SET', 'maxmemory', '0'),
    ),
  /** @param {Parts} parts @param {number} ms */
  'server freeze': ({ server }, ms) =>
    forAWhile(
      ms / 2,
      () => server.kill('SIGSTOP'),
      () => server.kill('SIGCONT'),
    ),
  /** @param {Parts} parts @param {number} ms */
  'server kill': ({ server }, ms) =>
    forAWhile(
      ms / 4,
      () => server.kill(),
      () => server.start(),
    ),
  /** Leases may end early by as much as the checks allow. @param {Parts} parts */
  skew: async ({ clock, random }) => clock?.setBy(Math.round(random() * 2_000 - 1_000)),
});

/** One trouble of the server at a time: a frozen one can't be killed, and a dead one not be told anything. */
const ofServer = new Set(['throttle', 'full', 'server freeze', 'server kill', 'skew']);
/** @type {Promise<void>} */
let serverTrouble = Promise.resolve();

/** @type {readonly (keyof typeof troubles | 'kill' | 'freeze' | 'dependency')[]} */
const kinds = [
  ...['kill', 'freeze', 'cut', 'cut', 'silent', 'silent', 'slow', 'slow', 'lost replies', 'lost replies'],
  ...['throttle', 'full', 'server freeze', 'server kill', 'skew', 'skew', 'dependency', 'dependency'],
];

/** @param {() => number} random */
export function nextTrouble(random) {
  return { kind: oneOf(random, kinds), ms: 200 + random() * 2_500 };
}

/**
 * Settles when it is over.
 *
 * @param {string} kind @param {number} ms @param {Parts} parts @returns {Promise<void>}
 */
export function makeTrouble(kind, ms, parts) {
  const trouble = () => troubles[/** @type {keyof typeof troubles} */ (kind)](parts, ms);
  if (!ofServer.has(kind)) return trouble();
  return (serverTrouble = serverTrouble.then(trouble));
}
