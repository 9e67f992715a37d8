import { CircuitBreakerFactory, circuitName, MemoryBackend } from '@circuitry/core';

/** How many calls are timed together. */
const slice = 2_000;

/** One factory, `circuits` circuits in turn: what a call costs, and what the process holds afterwards. */
export async function run({ circuits, calls, maxCircuits, mode }) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const factory = new CircuitBreakerFactory({
    // A healthy circuit has no record, so that the memory is the factory's own and not the store's.
    backend: new MemoryBackend(),
    counting: 'failures',
    maxCircuits,
    nameFor: (circuit, { tenantId }) => circuitName(circuit, tenantId),
    ...(mode === 'bounded' ? { consistency: { maxStaleness: '250ms' } } : {}),
  });
  const work = async () => 42;
  let next = 0;
  const callMany = async (count) => {
    for (let index = 0; index < count; index += 1) {
      await factory.breakerFor('job', { tenantId: `tenant-${next}` }).execute(work);
      next = (next + 1) % circuits;
    }
  };
  await callMany(Math.max(20_000, Math.min(calls, maxCircuits)));

  const slices = [];
  const cpuBefore = process.cpuUsage();
  let done = 0;
  // No fewer calls than there are circuits: every one of them is met.
  for (; done < Math.max(calls, circuits); done += slice) {
    const begun = performance.now();
    await callMany(slice);
    slices.push(((performance.now() - begun) * 1_000) / slice);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  globalThis.gc();
  const heap = process.memoryUsage().heapUsed - before;
  await factory.close();
  slices.sort((a, b) => a - b);
  return { cpu: (user + system) / done, wall: slices[slices.length >> 1], heap, calls: done };
}
