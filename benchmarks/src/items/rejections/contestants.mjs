import { CircuitBreakerFactory, MemoryBackend } from '@circuitry/core';
import { cockatiel, mollitia, opossum } from '../../peers.mjs';
import { openRedisBackend } from '../../processes/redis-backend.mjs';
import { bounded } from '../closed-calls/contestants.mjs';

const work = async () => 42;
const broken = async () => {
  throw new Error('down');
};
/** ms; longer than any run */
const pause = 3_600_000;

/** Who is compared, in the report's order. Each is an open circuit; `call` answers whether it was refused. */
export const openContestants = [
  {
    id: 'cockatiel',
    name: 'cockatiel',
    async open() {
      const { circuitBreaker, ConsecutiveBreaker, handleAll } = await cockatiel();
      const policy = circuitBreaker(handleAll, { halfOpenAfter: pause, breaker: new ConsecutiveBreaker(1) });
      await policy.execute(broken).catch(() => {});
      return { call: isRejected(() => policy.execute(work)) };
    },
  },
  {
    id: 'opossum',
    name: 'opossum',
    async open() {
      const Opossum = await opossum();
      const breaker = new Opossum(work, { timeout: false, resetTimeout: pause });
      breaker.open();
      return { call: isRejected(() => breaker.fire()), close: () => breaker.shutdown() };
    },
  },
  {
    id: 'mollitia',
    name: 'mollitia',
    async open() {
      const { BreakerState, Circuit, SlidingCountBreaker } = await mollitia();
      const breaker = new SlidingCountBreaker({ state: BreakerState.OPENED, openStateDelay: pause });
      const circuit = new Circuit({ func: work, options: { modules: [breaker] } });
      return { call: isRejected(() => circuit.execute()), close: () => breaker.dispose?.() };
    },
  },
  {
    id: 'strict-memory',
    name: 'circuitry, strict, MemoryBackend: execute',
    open: () => ours(new MemoryBackend(), {}, byExecute),
  },
  {
    id: 'bounded-memory',
    name: 'circuitry, bounded, MemoryBackend: execute',
    open: () => ours(new MemoryBackend(), bounded, byExecute),
  },
  { id: 'bounded-redis', name: 'circuitry, bounded, live Redis: execute', open: ({ url }) => onRedis(url, byExecute) },
  {
    id: 'settle-strict',
    name: 'circuitry, strict, MemoryBackend: settle',
    open: () => ours(new MemoryBackend(), {}, bySettle),
  },
  {
    id: 'settle-memory',
    name: 'circuitry, bounded, MemoryBackend: settle',
    open: () => ours(new MemoryBackend(), bounded, bySettle),
  },
  { id: 'settle-redis', name: 'circuitry, bounded, live Redis: settle', open: ({ url }) => onRedis(url, bySettle) },
  {
    id: 'settle-error',
    name: 'circuitry, bounded, live Redis: settle, and its error read',
    open: ({ url }) => onRedis(url, bySettleAndError),
  },
];

const isRejected = (call) => async () => {
  try {
    await call();
    return false;
  } catch {
    return true;
  }
};
const byExecute = (breaker) => isRejected(() => breaker.execute(work));
const bySettle = (breaker) => async () => (await breaker.settle(work)).status === 'refused';
const bySettleAndError = (breaker) => async () => {
  const settled = await breaker.settle(work);
  return settled.status === 'refused' && settled.error.retryAfter > 0;
};

async function ours(backend, options, callOf) {
  const factory = new CircuitBreakerFactory({ backend, ...options, failureCountThreshold: 1, allowAfter: pause });
  const breaker = factory.breakerFor('open');
  await breaker.execute(broken).catch(() => {});
  return { call: callOf(breaker), close: () => factory.close() };
}

async function onRedis(url, callOf) {
  const { backend, close: closeBackend } = await openRedisBackend(url);
  const { call, close } = await ours(backend, bounded, callOf);
  return {
    call,
    async close() {
      await close();
      await closeBackend();
    },
  };
}
