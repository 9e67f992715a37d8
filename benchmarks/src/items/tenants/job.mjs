import { setTimeout as pause } from 'node:timers/promises';
import { circuitName, CircuitBreakerFactory } from '@circuitry/core';
import { RedisBackend } from '@circuitry/backend-redis';
import { connect, countCommands } from '../../processes/redis-client.mjs';
import { modes } from './modes.mjs';
import { seeded, zipf } from './zipf.mjs';

/** ms between two handfuls of jobs */
const tick = 10;
const failing = new Error('down');

/** One worker: jobs of many tenants, at a steady rate, each with a breaker of its own. */
export async function run({ id, url, tenants, perSecond, seconds, failureShare }, { index, count, barrier }) {
  const client = await connect(url);
  const backend = new RedisBackend({ client });
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const nameFor = (circuit, { tenantId }) => circuitName(circuit, tenantId);
  const { options } = modes.find((mode) => mode.id === id);
  const factory = new CircuitBreakerFactory({ backend, nameFor, storageTimeout: '10s', ...options });
  const random = seeded(index + 1);
  const job = async (tenant, isFailing) => {
    const work = async () => {
      if (isFailing) throw failing;
    };
    const { status } = await factory.breakerFor('job', { tenantId: `tenant-${tenant}` }).settle(work);
    return status;
  };

  // Every tenant has been here once, in one of the processes.
  for (let tenant = index; tenant < tenants; tenant += count * 50) {
    const handful = Array.from({ length: 50 }, (_, offset) => tenant + offset * count).filter((one) => one < tenants);
    await Promise.all(handful.map((one) => job(one, false)));
  }
  await factory.flush();
  await barrier('filled');

  const counted = countCommands();
  const draw = zipf(tenants, random);
  const drawn = new Set();
  const waiting = new Set();
  let calls = 0;
  let refused = 0;
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const all = perSecond * seconds;
  while (calls < all) {
    const due = Math.min(all, ((performance.now() - begun) / 1_000) * perSecond);
    for (; calls < due; calls += 1) {
      const tenant = draw();
      drawn.add(tenant);
      const running = job(tenant, random() < failureShare).then((status) => {
        if (status === 'refused') refused += 1;
        waiting.delete(running);
      });
      waiting.add(running);
    }
    await pause(tick);
  }
  await Promise.all(waiting);
  await factory.flush();
  const { user, system } = process.cpuUsage(cpu);
  globalThis.gc();
  const heap = process.memoryUsage().heapUsed - before;
  const { commands } = counted;
  await barrier('end');
  await factory.close();
  await backend.close();
  client.disconnect();
  return { calls, refused, commands, heap, cpuPerCall: (user + system) / calls, tenants: drawn.size };
}
