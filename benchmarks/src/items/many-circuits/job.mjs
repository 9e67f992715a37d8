import { CircuitBreakerFactory, circuitName, MemoryBackend } from '@circuitry/core';

/** How many calls are timed together. */
const slice = 2_000;

/** One factory, `circuits` circuits in turn: what a call costs, what a breaker costs, and what the process holds then. */
export async function run({ circuits, calls, maxCircuits, mode }) {
  // A job brings its tenant's id with it: making the text is not the factory's cost.
  const tenants = tenantIds(circuits);
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
  const tenantId = () => {
    next = (next + 1) % circuits;
    return tenants[next];
  };
  const callMany = async (count) => {
    for (let index = 0; index < count; index += 1) {
      await factory.breakerFor('job', { tenantId: tenantId() }).execute(work);
    }
  };
  // No fewer calls than there are circuits: every one of them is met.
  const call = await timed(callMany, Math.max(calls, circuits), Math.max(20_000, Math.min(calls, maxCircuits)));
  globalThis.gc();
  const heap = process.memoryUsage().heapUsed - before;

  let made;
  const makeMany = (count) => {
    for (let index = 0; index < count; index += 1) made = factory.breakerFor('job', { tenantId: tenantId() });
  };
  const breaker = await timed(makeMany, Math.max(calls, circuits), calls);
  if (made === undefined) throw new Error('no breaker was made');
  await factory.close();
  return { ...call, heap, breakerCpu: breaker.cpu, breakerWall: breaker.wall };
}

/** Out of JSON, as a queue has them: texts put together in place would be flattened, and so grow, while we measure. */
function tenantIds(count) {
  return JSON.parse(`["${Array.from({ length: count }, (_, index) => `tenant-${index}`).join('","')}"]`);
}

/** µs for each of `count`: processor time of all, wall time of the middle slice. */
async function timed(many, count, warm) {
  await many(warm);
  const slices = [];
  const began = process.cpuUsage();
  let done = 0;
  for (; done < count; done += slice) {
    const begun = performance.now();
    await many(slice);
    slices.push(((performance.now() - begun) * 1_000) / slice);
  }
  const { user, system } = process.cpuUsage(began);
  slices.sort((a, b) => a - b);
  return { cpu: (user + system) / done, wall: slices[slices.length >> 1], calls: done };
}
