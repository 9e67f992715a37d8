/**
 * node scripts/bench.mjs [CIRCUITS] [OPEN] [VIEWERS]: how long pages take, and what the panel asks of a Redis with a million
 * circuits of which 200 are open, as one and as five look. Build first; it starts a Redis of its own.
 */
import { RedisBackend } from '@circuitry/backend-redis';
import { dashboard } from '@circuitry/dashboard';
import { serve } from '@circuitry/dashboard/node';
import { Redis } from 'ioredis';
import { startRedis } from '../../../tooling/servers/redis.mjs';
import { fill } from './load/fill.mjs';
import { commandsOf, look } from './load/viewers.mjs';

const [circuits = 1_000_000, open = 200, viewers = 5] = process.argv.slice(2).map(Number);
const rounds = 20;
const pause = 1_000;
const prefix = 'circuitry';

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
    const before = await commandsOf(client);
    const began = performance.now();
    const took = await look({ url: served.url, viewers: count, rounds, pause });
    const seconds = (performance.now() - began) / 1_000;
    const after = await commandsOf(client);
    await served.close();
    load[count] = report(count, took, before, after, seconds);
  }
  const [one, many] = [load[1], load[viewers]];
  console.log(
    `\n${viewers} viewers ask the store ${(many / one).toFixed(2)} times as much as one does, in the same time.`,
  );
} finally {
  await backend.close();
  await client.quit();
  await server.stop();
}

function report(count, took, before, after, seconds) {
  console.log(`\n${count} ${count === 1 ? 'viewer' : 'viewers'}, ms:`);
  for (const [name, times] of Object.entries(took)) {
    const sorted = [...times].sort((one, other) => one - other);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(1);
    console.log(
      `  ${name.padEnd(18)} p50 ${at(0.5).padStart(7)}   p95 ${at(0.95).padStart(7)}   max ${at(1).padStart(7)}`,
    );
  }
  const commands = Object.keys(after)
    .map((name) => [name, after[name] - (before[name] ?? 0)])
    .filter(([name, calls]) => calls > 0 && name !== 'info')
    .sort(([, one], [, other]) => other - one);
  const all = commands.reduce((sum, [, calls]) => sum + calls, 0) / seconds;
  console.log(
    `  commands per second: ${all.toFixed(1)} (${commands.map(([name, calls]) => `${name} ${calls}`).join(', ')})`,
  );
  return all;
}
