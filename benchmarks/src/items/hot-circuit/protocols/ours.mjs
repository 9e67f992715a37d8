import { CircuitBreakerFactory } from '@circuitry/core';
import { RedisBackend } from '@circuitry/backend-redis';

const circuit = 'hot';
const work = async () => {};

export const strictOurs = {
  id: 'strict',
  name: 'circuitry, strict',
  commands:
    'start: 1 read (`GET`, and `TIME`), end: 1 atomic increment, conditional on the revision (`EVALSHA apply`); concurrent starts of a process share a read, concurrent ends an increment',
  open: (client) => open(client, {}),
  counted,
};

export const boundedOurs = {
  id: 'bounded',
  name: 'circuitry, bounded (250 ms)',
  commands:
    'the same two commands, at most a few times per 250 ms and process; calls in between are decided and counted in memory, and merged into one increment',
  open: (client) => open(client, { consistency: { maxStaleness: '250ms' } }),
  counted,
};

async function open(client, options) {
  const backend = new RedisBackend({ client });
  const factory = new CircuitBreakerFactory({ backend, storageTimeout: '10s', ...options });
  const breaker = factory.breakerFor(circuit);
  return {
    /** Its calls wait for no I/O: somebody else must let the event loop turn. */
    isInMemory: options.consistency !== undefined,
    async call() {
      await breaker.execute(work);
      return true;
    },
    // What the warm-up counted is not part of the count.
    async clear() {
      await factory.flush();
      await breaker.reset();
    },
    // Another process may have cleared it last: calls of an older state would end too late to count.
    look: () => breaker.information(),
    flush: () => factory.flush(),
    async close() {
      await factory.close();
      await backend.close();
    },
  };
}

async function counted(client) {
  const backend = new RedisBackend({ client });
  const factory = new CircuitBreakerFactory({ backend });
  const { total } = await factory.breakerFor(circuit).information();
  await factory.close();
  await backend.close();
  return total;
}
