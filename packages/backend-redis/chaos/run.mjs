// Chaos on one Redis that stores each write on its disk: processes that count, transition and lock, while they are killed and
// frozen, cut off, slowed down and refused, and while the server is killed, frozen, paused, full, busy and set to another time.
// Each worker writes down what it did in a ledger of its own; afterwards the ledgers are compared with the server.
//
//   node packages/backend-redis/chaos/run.mjs [--seconds 30] [--workers 6] [--seed 1]
//
// It needs a build. Exit 0: nothing was violated; 1: something was, and it is printed.
import { RedisBackend } from '@circuitry/backend-redis';
import { Redis } from 'ioredis';
import { Fleet, readOptions } from '../../../tooling/chaos/fleet.mjs';
import { startRedis } from '../../../tooling/servers/redis.mjs';
import { makeSteppingClock, noSteppingClock } from '../../../tooling/servers/stepping-clock.mjs';
import { startTcpProxy } from '../../../tooling/servers/tcp-proxy.mjs';
import { makeTrouble, nextTrouble } from './faults.mjs';

const options = readOptions();
const fleet = new Fleet(options);
const noClock = noSteppingClock();
if (noClock !== null) console.log(`the server's clock is left alone: ${noClock}`);
const clock = noClock === null ? makeSteppingClock() : null;
const server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'], env: { ...clock?.env } });
const proxies = await Promise.all(Array.from({ length: options.workers }, () => startTcpProxy(server.port)));
await fleet.start(new URL('worker.mjs', import.meta.url), (index) => ({
  port: proxies[index]?.port,
  library: index % 2 === 0 ? 'ioredis' : 'redis',
}));
console.log(`${options.workers} workers on one Redis for ${options.seconds} s, seed ${options.seed}`);

const ofWorkers = new Set(['kill', 'freeze', 'dependency']);
/** @type {Promise<void>[]} */
const under = [];
await fleet.trouble(() => {
  const { kind, ms } = nextTrouble(fleet.random);
  const make = (/** @type {number} */ index) => {
    if (ofWorkers.has(kind)) return fleet.troubleWorker(kind, index, ms);
    const proxy = /** @type {(typeof proxies)[number]} */ (proxies[index]);
    under.push(makeTrouble(kind, ms, { proxy, server, clock, random: fleet.random }));
    return undefined;
  };
  return { kind, make };
});
await Promise.all(under);
const unended = await fleet.end();

const client = new Redis({ port: server.port, disconnectTimeout: 0 });
const backend = new RedisBackend({ client });
fleet.report({ counted: (await backend.retrieve('counted')).record, unended });
await backend.close();
client.disconnect();
await Promise.all(proxies.map((proxy) => proxy.stop()));
await server.stop();
clock?.remove();
