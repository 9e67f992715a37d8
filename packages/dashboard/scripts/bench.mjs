/**
 * node scripts/bench.mjs [CIRCUITS] [OPEN] [VIEWERS]: how long pages take, and what the panel asks of a Redis with a million
 * circuits of which 200 are open, as one and as five look. Build first; it starts a Redis of its own. Ends with 1 where a page took
 * longer than 300 ms, or where five who look ask the store for much more than one does.
 */
import { RedisBackend } from '@circuitry/backend-redis';
import { dashboard } from '@circuitry/dashboard';
import { serve } from '@circuitry/dashboard/node';
import { Redis } from 'ioredis';
import { startRedis } from '../../../tooling/servers/redis.mjs';
import { fill } from './load/fill.mjs';
import { commandsOf, look } from './load/viewers.mjs';

const [circuits = 1_000_000, open = 200, viewers = 5] = process.argv.slice(2).map(Number);
const rounds = 15;
const pause = 1_000;
const prefix = 'circuitry';
/** What the slowest page may take, ms. */
const limit = 300;
let longest = 0;

const server = await startRedis();
const client = new Redis(server.port, '127.0.0.1');
const backend = new RedisBackend({ client, prefix });
try {
  console.log(`Filling a Redis with ${circuits.toLocaleString('en')} circuits, ${open} of them open`);
  await fill({ client, backend, circuits, open, now: Date.now() });
  const load = {};
  for (const count of [1, viewers]) {
    const served = await serve(dashboard({ backend }));
    await look({ url: served.url, viewers: 1, rounds: 1, pause: 0 });
    console.log(`\n${count} ${count === 1 ? 'viewer' : 'viewers'}, a page of each kind a second:`);
    load[count] = await measure(served.url, count, ['overview', 'list of troubled', 'list of all', 'circuit']);
    await served.close();
  }
  console.log(`\nPages took at most ${longest.toFixed(1)} ms; ${limit} ms are allowed.`);
  console.log(
    `${viewers} viewers ask the store for ${load[viewers]} commands, one for ${load[1]}, in ${rounds} s each.`,
  );
  // Viewers drift apart while they look; what a page needs is then read anew for some of them, but not for each.
  if (longest > limit || load[viewers] > 1.5 * load[1] + 10) process.exitCode = 1;
} finally {
  await backend.close();
  await client.quit();
  await server.stop();
}

/** Answers how many commands the store was given. */
async function measure(url, count, at) {
  const before = await commandsOf(client);
  const took = await look({ url, viewers: count, rounds, pause, at });
  const after = await commandsOf(client);
  for (const [name, times] of Object.entries(took)) {
    longest = Math.max(longest, ...times);
    const sorted = [...times].sort((one, other) => one - other);
    const share = (part) =>
      sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))].toFixed(1).padStart(7);
    console.log(`  ${name.padEnd(18)} p50 ${share(0.5)} ms   p95 ${share(0.95)} ms   longest ${share(1)} ms`);
  }
  const given = Object.keys(after)
    .map((name) => [name, after[name] - (before[name] ?? 0)])
    .filter(([name, calls]) => calls > 0 && name !== 'info' && name !== 'time')
    .sort(([, one], [, other]) => other - one);
  console.log(`    the store was given: ${given.map(([name, calls]) => `${name} ${calls}`).join(', ') || 'nothing'}`);
  return given.reduce((sum, [, calls]) => sum + calls, 0);
}
