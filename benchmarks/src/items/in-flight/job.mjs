import { CircuitBreakerFactory, MemoryBackend } from '@circuitry/core';
import { openRedisBackend } from '../../processes/redis-backend.mjs';
import { modes } from './modes.mjs';

/**
 * Calls that are all in flight together, again and again: all begin, the work of each waits until that of the last has
 * begun, and then all end. Each goes to its own circuit, or all to one.
 */
export async function run({ id, url, inFlight, circuits, calls }) {
  const { store, options } = modes.find((mode) => mode.id === id);
  const opened = store === 'redis' ? await openRedisBackend(url) : { backend: new MemoryBackend(), close() {} };
  const factory =
    options === null ? null : new CircuitBreakerFactory({ backend: opened.backend, maxCircuits: circuits, ...options });
  const callOne =
    factory === null
      ? (index, work) => work()
      : (index, work) => factory.breakerFor(`circuit-${index % circuits}`).execute(work);

  // Before, so that every circuit is known and the compiler is done, also where a batch is small.
  for (let done = 0; done < Math.max(inFlight, 20_000); done += inFlight) await together(callOne, inFlight);
  // What waits in memory to be sent is none of it.
  await factory?.flush();
  const memory = await memoryInFlight(callOne, inFlight);
  globalThis.gc();
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  let done = 0;
  for (; done < calls; done += inFlight) await together(callOne, inFlight);
  const wall = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpuBefore);
  await factory?.close();
  await opened.close();
  return { cpu: (user + system) / done, wall: (wall * 1_000) / done, memory };
}

async function together(callOne, count, onAllBegun = () => {}) {
  let begun = 0;
  let goOn;
  const all = new Promise((resolve) => (goOn = resolve));
  const calls = Array.from({ length: count }, (_, index) =>
    callOne(index, async () => {
      begun += 1;
      if (begun === count) {
        onAllBegun();
        goOn();
      }
      await all;
      return index;
    }),
  );
  const answers = await Promise.all(calls);
  if (answers[count - 1] !== count - 1) throw new Error('a call has lost its answer');
}

/** Bytes for each call, while all of them run, beyond what is held without them. */
async function memoryInFlight(callOne, count) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  let during = 0;
  await together(callOne, count, () => {
    globalThis.gc();
    during = process.memoryUsage().heapUsed;
  });
  return (during - before) / count;
}
