import { CircuitBreakerFactory, MemoryBackend } from '@circuitry/core';
import { cockatiel, mollitia, opossum } from '../../peers.mjs';
import { openRedisBackend } from '../../processes/redis-backend.mjs';

const bounded = { consistency: { maxStaleness: '250ms' } };
const broken = async () => {
  throw new Error('down');
};
/** ms; longer than any run */
const pause = 3_600_000;

/**
 * Who takes turns. `call` protects the function that it is given, which is another one each time. `settle`: what a turn
 * left to be done later is done within it.
 */
export const contestants = [
  { id: 'bare', name: 'bare call', open: () => ({ call: (work) => work() }) },
  { id: 'cockatiel', name: 'cockatiel', open: () => openCockatiel(5) },
  { id: 'opossum', name: 'opossum', open: () => openOpossum(false) },
  {
    id: 'mollitia',
    name: 'mollitia',
    async open() {
      const { Circuit, SlidingCountBreaker } = await mollitia();
      const module = new SlidingCountBreaker({
        slidingWindowSize: 10,
        minimumNumberOfCalls: 5,
        failureRateThreshold: 50,
      });
      const circuit = new Circuit({ options: { modules: [module] } });
      return { call: (work) => circuit.fn(work).execute() };
    },
  },
  { id: 'strict-memory', name: 'circuitry, strict, MemoryBackend', open: () => ours(new MemoryBackend(), {}) },
  { id: 'bounded-memory', name: 'circuitry, bounded, MemoryBackend', open: () => ours(new MemoryBackend(), bounded) },
  { id: 'bounded-redis', name: 'circuitry, bounded, live Redis', open: ({ url }) => oursOnRedis(url, {}) },
  {
    id: 'bounded-redis-new',
    name: 'circuitry, bounded, live Redis, a new breaker per call',
    open: ({ url }) => oursOnRedis(url, { isNew: true }),
  },
  { id: 'cockatiel-open', name: 'cockatiel, open', isOpen: true, open: () => openCockatiel(1, true) },
  { id: 'opossum-open', name: 'opossum, open', isOpen: true, open: () => openOpossum(true) },
  {
    id: 'bounded-redis-open',
    name: 'circuitry, bounded, live Redis, open',
    isOpen: true,
    open: ({ url }) => oursOnRedis(url, { isOpen: true }),
  },
];

async function openCockatiel(failures, isOpen = false) {
  const { circuitBreaker, ConsecutiveBreaker, handleAll } = await cockatiel();
  const policy = circuitBreaker(handleAll, { halfOpenAfter: pause, breaker: new ConsecutiveBreaker(failures) });
  if (isOpen) await policy.execute(broken).catch(() => {});
  return { call: (work) => policy.execute(work) };
}

async function openOpossum(isOpen) {
  const Opossum = await opossum();
  const breaker = new Opossum((work) => work(), { timeout: false, resetTimeout: pause });
  if (isOpen) breaker.open();
  return { call: (work) => breaker.fire(work), close: () => breaker.shutdown() };
}

async function ours(backend, options, { isNew = false, isOpen = false } = {}) {
  const factory = new CircuitBreakerFactory({
    backend,
    ...options,
    ...(isOpen ? { failureCountThreshold: 1, allowAfter: pause } : {}),
  });
  const breaker = factory.breakerFor(isOpen ? 'open' : 'turns');
  if (isOpen) await breaker.execute(broken).catch(() => {});
  return {
    call: isNew ? (work) => factory.breakerFor('turns').execute(work) : (work) => breaker.execute(work),
    settle: () => factory.flush(),
    close: () => factory.close(),
  };
}

async function oursOnRedis(url, kind) {
  const { backend, close: closeBackend } = await openRedisBackend(url);
  const { close, ...rest } = await ours(backend, bounded, kind);
  return {
    ...rest,
    async close() {
      await close();
      await closeBackend();
    },
  };
}
