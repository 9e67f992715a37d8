// A process that measures, and tells its parent: see costs.test.ts.
import { CircuitBreakerFactory } from '@circuitry/core';
import { Redis } from 'ioredis';
import { RedisBackend } from '../../src/index.js';

const { url, prefix, what } = JSON.parse(process.argv[2] ?? '{}') as { url: string; prefix: string; what: string };
const client = new Redis(url, { maxRetriesPerRequest: 0 });
const backend = new RedisBackend({ client, prefix });
const factory = new CircuitBreakerFactory({
  backend,
  failureCountThreshold: 3,
  allowAfter: '1h',
  storageTimeout: '1m',
});
const breaker = factory.breakerFor('job');
const protectedCall = (): Promise<unknown> => breaker.execute(async () => 'fine');

const result = what === 'sequential' ? await sequential() : await hot();
await factory.close();
await backend.close();
client.disconnect();
process.send?.(result, () => process.disconnect());

async function sequential(): Promise<{ wall: number; cpu: number }> {
  const key = `${prefix}:{job}`;
  // What somebody would write who keeps such a record as a hash, and only wants to have it.
  await client.hset(`${key}:bare`, {
    revision: 1,
    state: 'closed',
    generation: 0,
    openings: 0,
    since: 0,
    successes: 1,
  });
  const sha1 = String(await client.script('LOAD', "return redis.call('HGETALL', KEYS[1])"));
  const bare = async (): Promise<void> => {
    await client.evalsha(sha1, 1, `${key}:bare`);
    await client.evalsha(sha1, 1, `${key}:bare`);
  };
  // A worker runs for days: what its first second costs, until the code is compiled, is another matter.
  await costOf(3_000, protectedCall);
  await costOf(3_000, bare);
  // Pairs of short runs, so that what else the machine does meets both alike; the median is the machine's answer.
  const rounds = 31;
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const scripts = await costOf(100, bare);
    const calls = await costOf(100, protectedCall);
    wall.push(calls.wall / scripts.wall);
    cpu.push(calls.cpu / scripts.cpu);
  }
  const median = (ratios: number[]): number => ratios.sort((one, other) => one - other)[(rounds - 1) / 2] as number;
  return { wall: median(wall), cpu: median(cpu) };
}

async function hot(): Promise<{ locked: number; circuitry: number }[]> {
  // As kindly as it can be made: one command to lock, and the pause that was found to let the most callers through
  // (redlock's own, or a shorter one, lets a tenth of them through).
  const longestPause = 30;
  const unlock = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end";
  let tokens = 0;
  const locked = async (): Promise<void> => {
    const token = String((tokens += 1));
    while ((await client.set(`${prefix}:lock`, token, 'PX', 10_000, 'NX')) === null) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * longestPause));
    }
    const value = JSON.parse((await client.get(`${prefix}:value`)) ?? '{"calls":0}') as { calls: number };
    await client.set(`${prefix}:value`, JSON.stringify({ calls: value.calls + 1 }));
    await client.eval(unlock, 1, `${prefix}:lock`, token);
  };
  await callsWithin(1_000, protectedCall);
  const rounds = [];
  for (let round = 0; round < 3; round += 1) {
    rounds.push({ locked: await callsWithin(1_000, locked), circuitry: await callsWithin(1_000, protectedCall) });
  }
  await client.del(`${prefix}:value`);
  return rounds;
}

/** What `count` calls take, one after the other: ms, and µs of this process's CPU. */
async function costOf(count: number, call: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  for (let index = 0; index < count; index += 1) await call();
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: user + system };
}

/** How many calls per second 64 callers get through in `ms`. */
async function callsWithin(ms: number, call: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let calls = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() - began < ms) {
      await call();
      calls += 1;
    }
  };
  await Promise.all(Array.from({ length: 64 }, caller));
  return (calls / (performance.now() - began)) * 1_000;
}
