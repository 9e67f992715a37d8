import { CircuitBreakerFactory, MemoryBackend } from '@circuitry/core';
import { cockatiel, mollitia, opossum } from '../../peers.mjs';
import { openRedisBackend } from '../../processes/redis-backend.mjs';

/** What is protected: nothing but an async function, so that the breaker's own cost shows. */
const work = async () => 42;

export const bounded = { consistency: { maxStaleness: '250ms' } };

/** Who is compared, in the report's order. Each is a closed circuit of its library's plainest breaker. */
export const closedContestants = [
  { id: 'bare', name: 'bare call', open: () => ({ call: () => work() }) },
  {
    id: 'cockatiel',
    name: 'cockatiel',
    async open() {
      const { circuitBreaker, ConsecutiveBreaker, handleAll } = await cockatiel();
      const policy = circuitBreaker(handleAll, { halfOpenAfter: 60_000, breaker: new ConsecutiveBreaker(5) });
      return { call: () => policy.execute(work) };
    },
  },
  {
    id: 'opossum',
    name: 'opossum',
    async open() {
      const Opossum = await opossum();
      // Its default is a timeout of 10 s, a timer per call; none of the others has one.
      const breaker = new Opossum(work, { timeout: false });
      return { call: () => breaker.fire(), close: () => breaker.shutdown() };
    },
  },
  {
    id: 'mollitia',
    name: 'mollitia',
    async open() {
      const { Circuit, SlidingCountBreaker } = await mollitia();
      const breaker = new SlidingCountBreaker({
        slidingWindowSize: 10,
        minimumNumberOfCalls: 5,
        failureRateThreshold: 50,
      });
      const circuit = new Circuit({ func: work, options: { modules: [breaker] } });
      return { call: () => circuit.execute() };
    },
  },
  { id: 'strict-memory', name: 'circuitry, strict, MemoryBackend', open: () => ours(new MemoryBackend(), {}) },
  { id: 'bounded-memory', name: 'circuitry, bounded, MemoryBackend', open: () => ours(new MemoryBackend(), bounded) },
  {
    id: 'bounded-redis',
    name: 'circuitry, bounded, live Redis',
    open: ({ url }) => onRedis(url, bounded, (factory) => reused(factory)),
  },
  {
    id: 'bounded-redis-new',
    name: 'circuitry, bounded, live Redis, a new breaker per call',
    open: ({ url }) => onRedis(url, bounded, (factory) => () => factory.breakerFor('benchmark').execute(work)),
  },
];

function ours(backend, options) {
  const factory = new CircuitBreakerFactory({ backend, ...options });
  return { call: reused(factory), close: () => factory.close() };
}

function reused(factory) {
  const breaker = factory.breakerFor('benchmark');
  return () => breaker.execute(work);
}

async function onRedis(url, options, callOf) {
  const { backend, close } = await openRedisBackend(url);
  const factory = new CircuitBreakerFactory({ backend, ...options });
  return {
    call: callOf(factory),
    async close() {
      await factory.close();
      await close();
    },
  };
}
