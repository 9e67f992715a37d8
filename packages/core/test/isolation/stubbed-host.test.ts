import { afterEach, describe, expect, test } from '@jest/globals';
import { CircuitBreakerFactory, MemoryBackend, type FactoryOptions } from '@circuitry/core';
import { down, Fleet } from '../breaker/support/fleet.js';
import { nonsense, thrower } from './support/nonsense.js';
import { expectNothingUnheard } from './support/unheard.js';

const names = ['setTimeout', 'clearTimeout', 'AbortController', 'Promise', 'Date'] as const;
const host = globalThis as Record<string, unknown>;
const real = Object.fromEntries(names.map((name) => [name, host[name]]));
const realNow = Date.now;

afterEach(restore);
expectNothingUnheard();

const manners: readonly Partial<FactoryOptions>[] = [
  {},
  { consistency: { maxStaleness: '1s' } },
  { exclusive: true },
  { slowCallAfter: '1s', workTimeout: '1m' },
];

function restore(): void {
  Object.assign(host, real);
  Date.now = realNow;
}

/** Under the stub the circuit counts, trips and refuses, and the factory closes. What was replaced is put back before any test is judged. */
async function tripsUnder(stub: () => void, options: Partial<FactoryOptions>): Promise<void> {
  stub();
  try {
    await tripsAsEver(options);
  } finally {
    restore();
  }
}

async function tripsAsEver(options: Partial<FactoryOptions>): Promise<void> {
  const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), failureCountThreshold: 2, ...options });
  const breaker = factory.breakerFor('c');
  expect(await breaker.settle(() => 'value')).toEqual({ status: 'fulfilled', value: 'value' });
  for (let call = 0; call < 2; call += 1)
    expect(await breaker.settle(async () => thrower())).toMatchObject({ status: 'rejected' });
  expect(await breaker.settle(() => 'value')).toMatchObject({ status: 'refused', code: 'ERR_CIRCUIT_OPEN' });
  await factory.close();
}

describe.each([
  ...nonsense,
  ['infinity', () => Infinity],
  ['a text', () => String(realNow())],
  ['a bigint', () => BigInt(realNow())],
  ['a Date', () => new Date()],
])('A Date.now that is replaced by a stub that answers %s', (_, stub) => {
  test.each(manners)('is not believed, and calls count as ever, with %j', async (options) => {
    await tripsUnder(() => (Date.now = stub as never), options);
  });
});

test.each(manners)('A setTimeout that answers a rejection hurts nobody, with %j', async (options) => {
  await tripsUnder(() => (host.setTimeout = async () => thrower()), options);
});

test('A workTimeout that a stub calls in a microtask leaves work a turn to answer', async () => {
  const stub = (callback: () => void): void => void Promise.resolve().then(callback);
  await tripsUnder(() => (host.setTimeout = stub), { workTimeout: '1m' });
});

test('A Promise that is replaced by one that can do nothing keeps no flush and no close from its end', async () => {
  const { factory, breaker } = new Fleet({ consistency: { maxStaleness: '1s' } }).join();
  await breaker.execute(() => 1);
  await breaker.execute(() => 1);
  const sending = breaker.settle(async () => thrower());
  host.Promise = class {};
  const closing = factory.close();
  restore();
  await closing;
  expect(await sending).toMatchObject({ status: 'rejected' });
});

test('A host that lets no AbortController be made is told as a store that can not be asked, and calls settle', async () => {
  const { factory, breaker, events } = new Fleet({ failureCountThreshold: 1 }).join();
  host.AbortController = undefined;
  expect(await breaker.settle(() => 'value')).toMatchObject({ status: 'fulfilled', decidedBy: 'local' });
  expect(await breaker.settle(() => Promise.reject(down))).toMatchObject({ status: 'rejected' });
  expect(await breaker.settle(() => 'value')).toMatchObject({ status: 'refused' });
  restore();
  expect(events.of('storageFailure')).toHaveLength(1);
  await factory.close();
});

test('An error whose isExpected answers a rejection is a failure, and the rejection is heard', async () => {
  const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
  const reason = Object.assign(new Error('down'), { isExpected: async () => thrower() });
  expect(await breaker.settle(() => Promise.reject(reason))).toMatchObject({ status: 'rejected' });
  expect(await breaker.state()).toBe('open');
});
