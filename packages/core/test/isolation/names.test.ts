import { describe, expect, test } from '@jest/globals';
import { circuitName, StorageError, type Logger } from '@circuitry/core';
import { fail, Fleet, isAdmitted } from '../breaker/support/fleet.js';
import { failing } from '../breaker/support/failing-backend.js';

const nothing = (): void => {};
const quiet: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Pairs of names that something might take for one. */
const pairs: readonly (readonly [string, string, string])[] = [
  ['differ in their last byte of 1,024', `${'x'.repeat(1_023)}a`, `${'x'.repeat(1_023)}b`],
  ['differ behind 200 characters', `${'d'.repeat(300)}mallory`, `${'d'.repeat(300)}alice`],
  ['are composed and decomposed', 'caf\u00e9', 'cafe\u0301'],
  ['differ in case', 'Acme', 'acme'],
  ['differ by a zero byte at the end', 'acme\u0000', 'acme'],
  ['differ by a control character', 'a\u0001lock:b', 'alock:b'],
  ['differ by what can not be seen', 'acme\u200b', 'acme'],
  ['are names of every object', '__proto__', 'constructor'],
  ['look like patterns', 'a*', 'ab'],
  ['hold braces, as a cluster’s hash tags', '{a}b', '{a}c'],
  ['are an escape and what it stands for', circuitName('a/b'), circuitName('a', 'b')],
  ['are an empty part and none', circuitName('a', ''), circuitName('a')],
];

describe.each(pairs)('Two names that %s', (_, mallory, alice) => {
  test('share no circuit in the store', async () => {
    const { factory } = new Fleet({ failureCountThreshold: 3 }).join();
    await fail(factory.breakerFor(mallory, {}), 3);
    expect(await isAdmitted(factory.breakerFor(mallory, {}))).toBe(false);
    expect(await isAdmitted(factory.breakerFor(alice, {}))).toBe(true);
    expect((await factory.breakerFor(alice, {}).information()).totalFailures).toBe(0);
  });

  test('share no circuit of this process while the store is down', async () => {
    const worker = new Fleet({ failureCountThreshold: 3 }).join();
    worker.backend.conduct = failing('unreachable');
    await fail(worker.factory.breakerFor(mallory, {}), 3);
    expect(await isAdmitted(worker.factory.breakerFor(mallory, {}))).toBe(false);
    expect(await isAdmitted(worker.factory.breakerFor(alice, {}))).toBe(true);
  });

  test('share no view', async () => {
    const { factory } = new Fleet({ failureCountThreshold: 3, consistency: { maxStaleness: '1h' } }).join();
    await factory.breakerFor(alice, {}).settle(() => 1);
    await fail(factory.breakerFor(mallory, {}), 3);
    expect(await isAdmitted(factory.breakerFor(alice, {}))).toBe(true);
  });

  test.each([
    ['of the store', false],
    ['of this process, while the store can not lock', true],
  ])('share no lock %s', async (__, isDown) => {
    const worker = new Fleet({ exclusive: { lease: '10s', wait: 0 } }).join();
    if (isDown)
      worker.backend.conduct = async (call, make) => {
        if (call.verb === 'lock') throw new StorageError('down', { scope: 'store' });
        return make();
      };
    const permit = await worker.factory.breakerFor(mallory, {}).start();
    const own = await worker.factory.breakerFor(mallory, {}).settle(() => 1);
    expect(own).toMatchObject({ status: 'refused', error: { code: 'ERR_LOCK_TIMEOUT' } });
    expect(await isAdmitted(worker.factory.breakerFor(alice, {}))).toBe(true);
    await permit.succeed();
  });
});

describe.each([
  ['too long', (id: string) => `${'x'.repeat(1_100)}${id}`],
  ['of half a surrogate pair', (id: string) => `${'customer-'.repeat(10)}\ud800${id}`],
  ['that is missing', () => undefined as unknown as string],
  ['that is an object', (id: string) => ({ id }) as unknown as string],
])('An id %s is nobody’s circuit', (_, make) => {
  const nameFor = (circuit: string, context: { readonly id?: unknown }): string =>
    circuitName(circuit, context.id as string);

  test('so one tenant’s failures, exclusive jobs and open circuits leave the others alone', async () => {
    const { factory, backend } = new Fleet({
      nameFor: nameFor,
      failureCountThreshold: 3,
      exclusive: { lease: '10s', wait: 0 },
      logger: quiet,
    }).join();
    const mallory = factory.breakerFor('mail', { id: make('mallory') });
    const alice = factory.breakerFor('mail', { id: make('alice') });
    await fail(mallory, 5);
    const permit = await mallory.start();
    expect(await alice.settle(() => 1)).toMatchObject({ status: 'fulfilled', decidedBy: 'allow' });
    await permit.succeed();
    expect(backend.calls).toEqual([]);
  });
});
